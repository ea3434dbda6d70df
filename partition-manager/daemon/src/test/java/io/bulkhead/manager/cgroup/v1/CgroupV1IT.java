package io.bulkhead.manager.cgroup.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.cgroup.FailingFiles;
import io.bulkhead.manager.cgroup.KernelCgroupFiles;
import io.bulkhead.manager.cgroup.backend.CgroupBackends;
import io.bulkhead.manager.host.HostFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The version 1 backend on the live kernel: whole CPU 1, pool CPU 0. The host's tasks are never confined here. */
@Alone("it measures CPU time, and has whole CPUs")
@Timeout(120)
class CgroupV1IT {
    private static final PartitionName NAME = new PartitionName("hog");
    private static final UidRange RANGE = new UidRange(1_000_000);
    private static final String BUSY = "while :; do :; done";

    @TempDir
    Path directory;

    private HostFacts facts;
    private CgroupV1 cgroups;
    private final List<Process> started = new ArrayList<>();
    private final List<Cgroups> instances = new ArrayList<>();
    private String groupsBefore;

    @BeforeEach
    void prepare() throws IOException {
        facts = LiveHost.required();
        groupsBefore = Files.readString(Path.of("/proc/self/cgroup"));
        cgroups = instance(LiveHost.INSTANCE);
    }

    private CgroupV1 instance(String name) {
        HostReserve reserve = new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.ofMebibytes(256));
        Cgroups opened = CgroupBackends.open(new InstanceName(name), facts, reserve, false, pid -> ProcessHandle.of(pid)
                .ifPresent(ProcessHandle::destroyForcibly));
        opened.prepare();
        instances.add(opened);
        return (CgroupV1) opened;
    }

    @AfterEach
    void removeEverything() throws Exception {
        for (int i = instances.size() - 1; i >= 0; i--) {
            Cgroups instance = instances.get(i);
            for (PartitionName partition : instance.present()) {
                instance.killAll(partition);
                instance.closePayload(partition);
                instance.release(partition);
            }
            instance.remove();
        }
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
        LiveHost.assertNothingLeft(LiveHost.INSTANCE);
        LiveHost.assertNothingLeft(LiveHost.INSTANCE + "-b");
        assertThat(Files.readString(Path.of("/proc/self/cgroup"))).isEqualTo(groupsBefore);
    }

    private static Slice part(long millis, long mebibytes, int tasks) {
        return new Slice(
                new CpuSlice.Part(new CpuMillis(millis)),
                NodeSet.of(0),
                ByteSize.ofMebibytes(mebibytes),
                tasks,
                IoSlice.UNLIMITED);
    }

    private static Slice wholeCpu1() {
        return new Slice(
                new CpuSlice.Whole(CpuSet.of(1)), NodeSet.of(0), ByteSize.ofMebibytes(64), 100, IoSlice.UNLIMITED);
    }

    /** Binds and opens; another instance's tests may have CPU 1 for a while. */
    private void open(Slice slice) {
        await().atMost(Duration.ofSeconds(90))
                .ignoreExceptionsMatching(e -> e instanceof Refusal refusal
                        && refusal.problem().detail().contains("CPUs 1 "))
                .until(() -> {
                    cgroups.bind(NAME, slice);
                    return true;
                });
        cgroups.openPayload(NAME, RANGE, true);
    }

    /** Starts a shell, puts it inside and lets it run the script only then. */
    private Process start(String script) throws IOException {
        Process process = new ProcessBuilder("/bin/sh", "-c", "read _; " + script)
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
        started.add(process);
        cgroups.enter(NAME, process.pid());
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        return process;
    }

    private Path group(String controller) {
        return LiveHost.hierarchies()
                .of(controller)
                .orElseThrow()
                .mount()
                .resolve(LiveHost.INSTANCE)
                .resolve("p-" + NAME);
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    private long usageNanos() {
        return cgroups.usage(NAME).cpuMicros().orElseThrow() * 1000;
    }

    private void assertHeld(Slice slice) {
        assertThat(cgroups.readBack(NAME, slice))
                .allSatisfy(promise ->
                        assertThat(promise.held()).as(promise.toString()).isTrue());
    }

    @Test
    void aBusyLoopStaysOnItsWholeCpu() throws IOException {
        open(wholeCpu1());

        start(BUSY + " & " + BUSY);
        await().atMost(Duration.ofSeconds(30)).until(() -> usageNanos() > 300_000_000);

        String[] perCpu = read(group("cpuacct").resolve("cpuacct.usage_percpu")).split(" ", -1);
        assertThat(Long.parseLong(perCpu[0])).isLessThan(10_000_000);
        assertThat(Long.parseLong(perCpu[1])).isGreaterThan(290_000_000);
        assertHeld(wholeCpu1());
        assertThat(cgroups.readBack(NAME, wholeCpu1()).get(0).readBack()).isEqualTo("1 CPU (1)");
    }

    @Test
    void aPartOfACpuIsNotExceeded() throws IOException {
        Slice slice = part(250, 64, 50);
        open(slice);
        Path stat = group("cpu").resolve("cpu.stat");

        start(BUSY);
        await().until(() -> number(stat, "nr_throttled") > 0);
        long firstPeriod = number(stat, "nr_periods");
        long before = usageNanos();
        await().atMost(Duration.ofSeconds(60)).until(() -> number(stat, "nr_periods") >= firstPeriod + 20);
        long used = usageNanos() - before;
        long periods = number(stat, "nr_periods") - firstPeriod;

        assertThat(used).isBetween(periods * 5_000_000, (periods + 1) * 25_000_000 * 13 / 10);
        assertHeld(slice);
    }

    @Test
    void aPartOfACpuIsThereAgainstBusyTasksOfTheHost() throws IOException {
        open(part(250, 64, 50));
        for (int i = 0; i < 3; i++) {
            Process busy = new ProcessBuilder("taskset", "-c", "0", "/bin/sh", "-c", BUSY).start();
            started.add(busy);
            for (String controller : List.of("cpu", "cpuset")) {
                Path root = LiveHost.hierarchies().of(controller).orElseThrow().mount();
                write(root.resolve("cgroup.procs"), String.valueOf(busy.pid()));
            }
        }
        Path stat = group("cpu").resolve("cpu.stat");

        start(BUSY);
        await().until(() -> number(stat, "nr_throttled") > 0);
        long firstPeriod = number(stat, "nr_periods");
        long before = usageNanos();
        await().atMost(Duration.ofSeconds(60)).until(() -> number(stat, "nr_periods") >= firstPeriod + 20);

        assertThat(usageNanos() - before).isGreaterThan(20 * 25_000_000L * 6 / 10);
    }

    private static long number(Path file, String word) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(word + " "))
                .mapToLong(line -> Long.parseLong(line.substring(word.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whoTakesTooMuchMemoryDiesAloneAndIsCounted() throws Exception {
        Slice slice = part(500, 32, 50);
        open(slice);
        Process neighbour = start("sleep 60");

        // One endless line: tail keeps all of it.
        Process hog = start("tail /dev/zero");

        assertThat(hog.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(hog.exitValue()).isEqualTo(137);
        assertThat(neighbour.isAlive()).isTrue();
        assertThat(cgroups.outOfMemoryKills(NAME)).isPositive();
        assertThat(Long.parseLong(read(group("memory").resolve("memory.max_usage_in_bytes"))))
                .isBetween(16L << 20, 32L << 20);
        assertHeld(slice);
    }

    @Test
    void forksAreRefusedAtTheLimit() throws Exception {
        Slice slice = part(500, 64, 16);
        open(slice);

        Process process = start("i=0; while [ $i -lt 40 ]; do sleep 60 & i=$((i+1)); done; wait");

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isNotZero();
        assertThat(Files.readString(directory.resolve("err"))).contains("fork");
        assertThat(cgroups.processes(NAME)).hasSizeBetween(14, 16);
        cgroups.killAll(NAME);
        assertThat(cgroups.processes(NAME)).isEmpty();
    }

    @Test
    void directWritesKeepToTheirRate() throws Exception {
        Assumptions.assumeTrue(facts.disk().isPresent(), "needs a disk under the temporary directory");
        Slice slice = new Slice(
                new CpuSlice.Part(new CpuMillis(500)),
                NodeSet.of(0),
                ByteSize.ofMebibytes(64),
                50,
                new IoSlice(
                        Limit.unlimited(), Limit.of(ByteRate.parse("8MiB/s")), Limit.unlimited(), Limit.unlimited()));
        open(slice);

        long begin = System.nanoTime();
        Process dd = start("exec dd if=/dev/zero of=" + directory.resolve("file") + " bs=1M count=24 oflag=direct");
        assertThat(dd.waitFor(60, TimeUnit.SECONDS)).isTrue();
        double seconds = (System.nanoTime() - begin) / 1e9;

        assertThat(dd.exitValue())
                .as(Files.readString(directory.resolve("err")))
                .isZero();
        assertThat(24 / seconds).isBetween(8 * 0.5, 8 * 1.3);
        assertHeld(slice);
    }

    @Test
    void frozenTasksStandStillUntilThawed() throws IOException {
        open(part(500, 64, 50));
        start(BUSY);
        await().until(() -> usageNanos() > 50_000_000);

        cgroups.freeze(NAME);

        assertThat(cgroups.isFrozen(NAME)).isTrue();
        long frozenAt = usageNanos();
        await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(5)).until(() -> usageNanos() == frozenAt);
        cgroups.thaw(NAME);
        await().until(() -> usageNanos() > frozenAt + 50_000_000);
    }

    @Test
    void aForkBombDies() throws IOException {
        open(part(500, 64, 64));
        start("exec perl -e '$SIG{CHLD} = \"IGNORE\"; fork while 1'");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> cgroups.processes(NAME).size() >= 40);

        cgroups.killAll(NAME);

        assertThat(cgroups.processes(NAME)).isEmpty();
        assertThat(cgroups.isFrozen(NAME)).isFalse();
    }

    @Test
    void killsFrozenTasksToo() throws IOException {
        open(part(500, 64, 50));
        Process process = start(BUSY);
        cgroups.freeze(NAME);

        cgroups.killAll(NAME);

        await().until(() -> !process.isAlive());
    }

    @Test
    void opensStandardNodesOnly() throws Exception {
        open(part(500, 64, 50));
        Path node = directory.resolve("fuse");

        Process allowed = start("dd if=/dev/zero of=/dev/null count=1 && mknod " + node + " c 10 229");
        assertThat(allowed.waitFor())
                .as(Files.readString(directory.resolve("err")))
                .isZero();
        Process outside = new ProcessBuilder("dd", "if=" + node, "count=0").start();
        Assumptions.assumeTrue(outside.waitFor() == 0, "needs a kernel with fuse");
        Process denied = start("exec dd if=" + node + " count=0");

        assertThat(denied.waitFor()).isOne();
        assertThat(Files.readString(directory.resolve("err"))).contains("Operation not permitted");
    }

    @Test
    void whatSomebodyElseChangesIsSeen() throws IOException {
        Slice slice = part(250, 64, 50);
        open(slice);
        Process process = start("exec sleep 60");
        write(group("memory").resolve("memory.memsw.limit_in_bytes"), "134217728");
        write(group("cpu").resolve("cpu.cfs_quota_us"), "-1");
        write(LiveHost.hierarchies().of("pids").orElseThrow().mount().resolve("cgroup.procs"), "" + process.pid());

        List<Promise> promises = cgroups.readBack(NAME, slice);

        assertThat(promises).extracting(Promise::held).containsExactly(false, false, true, false);
        assertThat(promises.get(0).readBack()).isEqualTo("unlimited CPU of the pool");
        assertThat(promises.get(1).reason())
                .hasValueSatisfying(reason -> assertThat(reason).contains("says 128MiB, promised 64MiB"));
        assertThat(promises.get(3).reason()).hasValueSatisfying(reason -> assertThat(reason)
                .startsWith("process " + process.pid() + " is in / of pids"));
        cgroups.enter(NAME, process.pid());
        cgroups.bind(NAME, slice);
        assertHeld(slice);
    }

    private static void write(Path file, String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
    }

    @Test
    void nothingIsLeftWhicheverChangeFails() throws IOException {
        FailingFiles files = new FailingFiles(new KernelCgroupFiles());
        V1Config config = new V1Config(
                new InstanceName(LiveHost.INSTANCE),
                new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.ofMebibytes(256)),
                facts.nodes(),
                facts.online().size(),
                facts.disk(),
                false,
                Path.of("/proc"),
                4096);
        CgroupV1 failing = new CgroupV1(LiveHost.hierarchies(), config, files, pid -> {}, 0);
        open(wholeCpu1());
        cgroups.closePayload(NAME);
        cgroups.release(NAME);
        List<Path> before = groups();
        int failures = 0;
        for (int k = 1; ; k++) {
            files.failAt(k);
            try {
                failing.bind(NAME, wholeCpu1());
            } catch (CgroupException e) {
                failures++;
                assertThat(groups()).as("after the failure of change " + k).isEqualTo(before);
                continue;
            }
            break;
        }
        assertThat(failures).isGreaterThan(25);
        assertHeld(wholeCpu1());
    }

    /** Every group of our instances. */
    private static List<Path> groups() throws IOException {
        List<Path> groups = new ArrayList<>();
        for (Path top : LiveHost.leftOver(LiveHost.INSTANCE)) {
            try (Stream<Path> paths = Files.walk(top)) {
                paths.filter(Files::isDirectory).forEach(groups::add);
            }
        }
        return groups;
    }

    @Test
    void twoInstancesShareThePoolButNotCpu1() {
        open(wholeCpu1());

        CgroupV1 other = instance(LiveHost.INSTANCE + "-b");
        other.bind(NAME, part(250, 32, 50));

        assertHeld(wholeCpu1());
        assertThat(other.readBack(NAME, part(250, 32, 50))).allMatch(Promise::held);
        assertThatThrownBy(() -> other.bind(new PartitionName("second"), wholeCpu1()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("/" + LiveHost.INSTANCE + " (cpuset.cpus 1)");
        assertThat(other.present()).containsExactly(NAME);
    }

    @Test
    void aThreadEntersAlone() throws Exception {
        open(part(250, 64, 50));
        List<String> inside = new CopyOnWriteArrayList<>();
        List<Throwable> failures = new CopyOnWriteArrayList<>();

        Thread thread = new Thread(() -> {
            try {
                cgroups.enterCurrentThread(NAME);
                inside.addAll(Files.readAllLines(Path.of("/proc/thread-self/cgroup")));
            } catch (IOException | RuntimeException e) {
                failures.add(e);
            }
        });
        thread.start();
        thread.join();

        assertThat(failures).isEmpty();
        assertThat(inside.stream().filter(line -> line.endsWith("/p-hog/in"))).hasSize(LiveHost.hierarchiesInUse());
        assertThat(Files.readString(Path.of("/proc/self/cgroup"))).doesNotContain("p-hog");
        cgroups.closePayload(NAME);
    }

    @Test
    void systemdsGroupBelongsToThePartitionsRoot() throws IOException {
        open(part(250, 64, 50));

        Path systemd = LiveHost.hierarchies().systemd().orElseThrow().mount();
        Path payload = systemd.resolve(LiveHost.INSTANCE).resolve("p-hog/in");
        assertThat(Files.getAttribute(payload, "unix:uid")).isEqualTo(1_000_000);
        assertThat(Files.getAttribute(payload.resolve("cgroup.procs"), "unix:gid"))
                .isEqualTo(1_000_000);
        assertThat(Files.getAttribute(group("memory").resolve("in/memory.limit_in_bytes"), "unix:uid"))
                .isEqualTo(0);
    }

    @Test
    void theManagerIsOnThePool() throws IOException {
        assertThat(read(Path.of("/proc/self/cgroup"))).contains("cpuset:/" + LiveHost.INSTANCE + ".pool/host");
        assertThat(read(Path.of("/proc/self/status"))).containsPattern("Cpus_allowed_list:\\s+0\n");
        assertThat(cgroups.hostGroupFiles()).isNotEmpty().allSatisfy(file -> assertThat(file)
                .exists());
        assertThat(cgroups.kind()).isIn("v1", "hybrid");
        assertThat(cgroups.enforcement()).hasSize(8);
    }
}
