package io.bulkhead.manager.cgroup.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The version 2 backend on the live kernel: whole CPUs from 1 on, pool CPU 0. */
@Alone("it measures CPU time, and has whole CPUs")
@Timeout(180)
@Tag("special")
class CgroupV2IT {
    private static final PartitionName NAME = new PartitionName("hog");
    private static final PartitionName OTHER = new PartitionName("other");
    private static final UidRange RANGE = new UidRange(1_000_000);
    private static final String BUSY = "while :; do :; done";

    private HostFacts facts;
    private Path mount = Path.of("/");
    private Cgroups cgroups;
    private CpuSet hostBefore = CpuSet.EMPTY;
    private final List<Process> started = new ArrayList<>();
    private final List<Cgroups> instances = new ArrayList<>();

    @BeforeEach
    void prepare() {
        facts = LiveV2Host.required();
        mount = LiveV2Host.unified().mount();
        hostBefore = hosts();
        assumeTrue(hostBefore.contains(1), "needs CPU 1, which somebody has");
        cgroups = instance(LiveV2Host.INSTANCE);
    }

    private Cgroups instance(String name) {
        HostReserve reserve = new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.ofMebibytes(256));
        Cgroups opened = CgroupBackends.open(new InstanceName(name), facts, reserve, false, pid -> {});
        opened.prepare();
        instances.add(opened);
        return opened;
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
        if (facts != null) {
            LiveV2Host.assertNothingLeft(LiveV2Host.INSTANCE);
            assertThat(hosts()).isEqualTo(hostBefore);
        }
    }

    /** The CPUs that the host's own groups have. */
    private CpuSet hosts() {
        return CpuSet.parse(read(mount.resolve("cpuset.cpus.effective")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(String file, String text) {
        new KernelCgroupFiles().write(mount.resolve(LiveV2Host.INSTANCE).resolve(file), text);
    }

    private static Slice whole(int... cpus) {
        return new Slice(
                new CpuSlice.Whole(CpuSet.of(cpus)), NodeSet.of(0), ByteSize.ofMebibytes(64), 100, IoSlice.UNLIMITED);
    }

    private static Slice part(long millis, long mebibytes, int tasks) {
        return new Slice(
                new CpuSlice.Part(new CpuMillis(millis)),
                NodeSet.of(0),
                ByteSize.ofMebibytes(mebibytes),
                tasks,
                IoSlice.UNLIMITED);
    }

    private static void assertHeld(List<Promise> promises) {
        assertThat(promises)
                .allSatisfy(p -> assertThat(p.held()).as(p.toString()).isTrue());
    }

    /** Starts a shell that waits, is moved in and goes on. */
    private Process inside(PartitionName partition, String script) throws IOException {
        Process process = new ProcessBuilder("sh", "-c", "read _; " + script)
                .redirectErrorStream(true)
                .start();
        started.add(process);
        cgroups.enter(partition, process.pid());
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        return process;
    }

    @Test
    void takesTheCpusFromTheHostAtOnceAndGivesThemBack() throws IOException {
        cgroups.bind(NAME, whole(1));

        assertHeld(cgroups.readBack(NAME, whole(1)));
        assertThat(hosts()).isEqualTo(hostBefore.minus(CpuSet.of(1)));
        assertThat(read(Path.of("/proc/self/status"))).contains("Cpus_allowed_list:\t" + hosts());
        cgroups.openPayload(NAME, RANGE, false);
        Process hog = inside(NAME, BUSY);
        assertThat(read(Path.of("/proc/" + hog.pid() + "/status"))).contains("Cpus_allowed_list:\t1\n");
        assertHeld(cgroups.readBack(NAME, whole(1)));
        cgroups.killAll(NAME);
        cgroups.closePayload(NAME);
        cgroups.release(NAME);
        assertThat(hosts()).isEqualTo(hostBefore);
    }

    @Test
    void slicesComeAndGoWithoutHarmToTheOthers() throws IOException {
        assumeTrue(facts.online().size() >= 4, "needs four CPUs");
        cgroups.bind(NAME, whole(1, 2));
        cgroups.openPayload(NAME, RANGE, false);
        inside(NAME, BUSY);
        cgroups.bind(OTHER, whole(3));
        assertHeld(cgroups.readBack(NAME, whole(1, 2)));
        assertHeld(cgroups.readBack(OTHER, whole(3)));

        cgroups.release(OTHER);
        assertHeld(cgroups.readBack(NAME, whole(1, 2)));
        cgroups.bind(NAME, whole(3));
        assertHeld(cgroups.readBack(NAME, whole(3)));
        cgroups.bind(OTHER, whole(1));
        if (!Files.exists(mount.resolve(LiveV2Host.INSTANCE).resolve("cpuset.cpus.exclusive"))) {
            // Before 6.7 a group with tasks cannot grow onto the last CPU that could be lent to the one above it.
            cgroups.killAll(NAME);
        }
        cgroups.bind(NAME, whole(2, 3));
        assertHeld(cgroups.readBack(NAME, whole(2, 3)));
        assertHeld(cgroups.readBack(OTHER, whole(1)));
        Slice isolated = new Slice(
                new CpuSlice.Whole(CpuSet.of(2, 3), true),
                NodeSet.of(0),
                ByteSize.ofMebibytes(96),
                100,
                IoSlice.UNLIMITED);
        cgroups.bind(NAME, isolated);
        assertHeld(cgroups.readBack(NAME, isolated));
        assertThat(hosts()).isEqualTo(hostBefore.minus(CpuSet.of(1, 2, 3)));
    }

    @Test
    void aPartOfTheCpuIsNotExceeded() throws Exception {
        cgroups.bind(NAME, part(200, 64, 100));
        cgroups.openPayload(NAME, RANGE, false);
        assertHeld(cgroups.readBack(NAME, part(200, 64, 100)));
        Process hog = inside(NAME, BUSY);
        Path throttled = mount.resolve(LiveV2Host.INSTANCE + ".pool/p-hog/cpu.stat");

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(read(throttled)).doesNotContain("nr_throttled 0\n"));
        assertThat(hog.isAlive()).isTrue();
    }

    @Test
    void memoryBeyondTheSliceIsRefusedAndTheKillIsCounted() throws Exception {
        cgroups.bind(NAME, part(500, 32, 100));
        cgroups.openPayload(NAME, RANGE, false);

        Process hog = inside(NAME, "head -c 100M /dev/zero | tail >/dev/null; echo status $?");

        assertThat(new String(hog.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("status 137");
        assertThat(cgroups.outOfMemoryKills(NAME)).isPositive();
    }

    @Test
    void stopsContinuesAndKillsEverything() throws Exception {
        cgroups.bind(NAME, part(500, 32, 100));
        cgroups.openPayload(NAME, RANGE, false);
        Process hog = inside(NAME, "(" + BUSY + ") & " + BUSY);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> cgroups.processes(NAME).size() == 2);

        cgroups.freeze(NAME);
        assertThat(cgroups.isFrozen(NAME)).isTrue();
        cgroups.thaw(NAME);
        assertThat(cgroups.isFrozen(NAME)).isFalse();
        cgroups.freeze(NAME);
        cgroups.killAll(NAME);

        assertThat(hog.waitFor()).isNotZero();
        assertThat(cgroups.processes(NAME)).isEmpty();
        assertThat(cgroups.isFrozen(NAME)).isFalse();
    }

    @Test
    void boundsIoOfTheDisk() {
        assumeTrue(facts.disk().isPresent(), "needs a disk under the temporary directory");
        Slice slice = new Slice(
                new CpuSlice.Part(new CpuMillis(100)),
                NodeSet.of(0),
                ByteSize.ofMebibytes(64),
                100,
                new IoSlice(
                        Limit.of(ByteRate.parse("5MiB/s")), Limit.unlimited(), Limit.unlimited(), Limit.unlimited()));

        cgroups.bind(NAME, slice);

        assertHeld(cgroups.readBack(NAME, slice));
        assertThat(read(mount.resolve(LiveV2Host.INSTANCE + ".pool/p-hog/io.max")))
                .contains("rbps=5242880");
    }

    @Test
    void aForeignWriteIsSeenWithTheKernelsWordsAndRepaired() throws IOException {
        needsACpuToLend();
        cgroups.bind(NAME, whole(1));
        cgroups.openPayload(NAME, RANGE, false);
        inside(NAME, BUSY);

        write("p-hog/cpuset.cpus.partition", "member");
        write("p-hog/memory.max", "max");
        write("memory.min", "0");

        assertThat(cgroups.readBack(NAME, whole(1)).get(0).reason().orElseThrow())
                .contains("says 'member', promised 'isolated'");
        assertThat(cgroups.readBack(NAME, whole(1)).get(1).held()).isFalse();
        assertThat(cgroups.repair(NAME, whole(1))).isTrue();
        assertHeld(cgroups.readBack(NAME, whole(1)));
    }

    @Test
    void whatIsTakenFromAboveIsSeenAndRepaired() throws IOException {
        needsACpuToLend();
        Path exclusive = mount.resolve(LiveV2Host.INSTANCE).resolve("cpuset.cpus.exclusive");
        cgroups.bind(NAME, whole(1));
        cgroups.openPayload(NAME, RANGE, false);
        inside(NAME, BUSY);

        if (Files.exists(exclusive)) {
            write("cpuset.cpus.exclusive", "");
        } else {
            write("cpuset.cpus.partition", "member");
        }

        assertThat(cgroups.readBack(NAME, whole(1)).get(0).held()).isFalse();
        cgroups.repair(NAME, whole(1));
        assertHeld(cgroups.readBack(NAME, whole(1)));
    }

    private void needsACpuToLend() {
        assumeTrue(
                Files.exists(mount.resolve(LiveV2Host.INSTANCE).resolve("cpuset.cpus.exclusive"))
                        || facts.online().size() > 2,
                "before 6.7 a partition with tasks is brought back only with a CPU to lend: needs 3 CPUs");
    }

    @Test
    void anotherInstanceCannotHaveTheSameCpu() {
        Cgroups second = instance(LiveV2Host.INSTANCE + "-b");
        cgroups.bind(NAME, whole(1));

        assertThatThrownBy(() -> second.bind(NAME, whole(1)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("CPUs 1")
                .hasMessageContaining(LiveV2Host.INSTANCE);
        assertThat(second.present()).isEmpty();
        assertHeld(cgroups.readBack(NAME, whole(1)));
        second.bind(NAME, part(100, 32, 50));
        assertHeld(second.readBack(NAME, part(100, 32, 50)));
    }

    @Test
    void nothingIsLeftWhicheverWriteOfBindingFails() {
        FailingFiles files = new FailingFiles(new KernelCgroupFiles());
        V2Config config = new V2Config(
                new InstanceName(LiveV2Host.INSTANCE),
                CpuSet.of(0),
                facts.disk(),
                facts.fileSystem(),
                4096,
                Path.of("/proc"));
        CgroupV2 failing = new CgroupV2(LiveV2Host.unified(), config, files);
        int failures = 0;
        for (int k = 1; ; k++) {
            files.failAt(k);
            try {
                failing.bind(NAME, whole(1));
            } catch (CgroupException | Refusal e) {
                failures++;
                assertThat(failing.present())
                        .as("after the failure of change " + k)
                        .isEmpty();
                assertThat(hosts()).as("after the failure of change " + k).isEqualTo(hostBefore);
                continue;
            }
            assertThat(failures).isGreaterThan(8);
            assertHeld(failing.readBack(NAME, whole(1)));
            return;
        }
    }
}
