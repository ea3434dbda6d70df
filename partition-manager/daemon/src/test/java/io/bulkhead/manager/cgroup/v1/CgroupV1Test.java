package io.bulkhead.manager.cgroup.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.unit.OperationRate;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.cgroup.Cgroups.CgroupMount;
import io.bulkhead.manager.cgroup.FailingFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupV1Test {
    private static final long MANAGER = 4242;
    private static final PartitionName DB = new PartitionName("db");
    private static final PartitionName WEB = new PartitionName("web");
    private static final UidRange RANGE = new UidRange(1_000_000);
    private static final IoSlice IO = new IoSlice(
            Limit.of(ByteRate.parse("50MiB/s")),
            Limit.of(ByteRate.parse("20MiB/s")),
            Limit.unlimited(),
            Limit.of(OperationRate.parse("100/s")));

    @TempDir
    Path directory;

    private FakeCgroupTree tree;
    private final List<Long> killed = new ArrayList<>();

    @BeforeEach
    void makeTree() {
        tree = new FakeCgroupTree(directory);
        tree.addProcess(MANAGER, false);
    }

    private CgroupV1 instance(String name, boolean confine, CgroupFiles files) {
        V1Config config = new V1Config(
                new InstanceName(name),
                new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.ofMebibytes(256)),
                NodeSet.of(0, 1),
                4,
                Optional.of(new Disk("vda", "254:0")),
                confine,
                tree.proc(),
                FakeCgroupTree.PAGE);
        return new CgroupV1(tree.hierarchies(), config, files, this::kill, MANAGER);
    }

    private CgroupV1 prepared() {
        CgroupV1 cgroups = instance("one", false, tree);
        cgroups.prepare();
        return cgroups;
    }

    private void kill(long pid) {
        killed.add(pid);
        tree.endProcess(pid);
    }

    private static Slice whole(int... cpus) {
        return new Slice(new CpuSlice.Whole(CpuSet.of(cpus)), NodeSet.of(0), ByteSize.ofMebibytes(64), 100, IO);
    }

    private static Slice part(long millis) {
        return new Slice(
                new CpuSlice.Part(new CpuMillis(millis)),
                NodeSet.of(1),
                ByteSize.ofMebibytes(32),
                50,
                IoSlice.UNLIMITED);
    }

    private static void assertHeld(List<Promise> promises) {
        assertThat(promises)
                .allSatisfy(promise ->
                        assertThat(promise.held()).as(promise.toString()).isTrue());
    }

    private String text(String path) {
        return FakeCgroupTree.text(tree.path(path)).strip();
    }

    /** A quota inside must never be above the one outside, which the kernel refuses: so its order matters. */
    @Test
    void showsTheLimitsInsideWhereRuntimesLookForThem() {
        CgroupV1 cgroups = prepared();
        cgroups.bind(WEB, part(400));
        assertThat(text("cpu/one/p-web/in/cpu.cfs_quota_us")).isEqualTo("40000");
        assertThat(text("memory/one/p-web/in/memory.limit_in_bytes")).isEqualTo("33554432");

        cgroups.bind(WEB, part(100));
        assertThat(text("cpu/one/p-web/in/cpu.cfs_quota_us")).isEqualTo("10000");
        cgroups.bind(WEB, part(300));
        assertThat(text("cpu/one/p-web/in/cpu.cfs_quota_us")).isEqualTo("30000");
        cgroups.bind(WEB, whole(1));
        assertThat(text("cpu/one/p-web/in/cpu.cfs_quota_us")).isEqualTo("-1");
        assertThat(text("memory/one/p-web/in/memory.limit_in_bytes")).isEqualTo("67108864");
    }

    @Test
    void writesEveryLimitOfAWholeCpuSlice() {
        CgroupV1 cgroups = prepared();

        cgroups.bind(DB, whole(1, 2));

        assertThat(text("cpuset/one/p-db/cpuset.cpus")).isEqualTo("1-2");
        assertThat(text("cpuset/one/p-db/cpuset.mems")).isEqualTo("0");
        assertThat(text("cpuset/one/p-db/cpuset.cpu_exclusive")).isEqualTo("1");
        assertThat(text("cpuset/one/p-db/cpuset.mem_hardwall")).isEqualTo("1");
        assertThat(text("cpuset/one/cpuset.cpus")).isEqualTo("1-2");
        assertThat(text("cpu/one/p-db/cpu.cfs_quota_us")).isEqualTo("-1");
        assertThat(text("cpu/one/p-db/cpu.shares")).isEqualTo("2048");
        assertThat(text("memory/one/p-db/memory.limit_in_bytes")).isEqualTo("67108864");
        assertThat(text("memory/one/p-db/memory.memsw.limit_in_bytes")).isEqualTo("67108864");
        assertThat(text("memory/one/p-db/memory.swappiness")).isEqualTo("0");
        assertThat(text("pids/one/p-db/pids.max")).isEqualTo("100");
        assertThat(text("blkio/one/p-db/blkio.throttle.read_bps_device")).isEqualTo("254:0 52428800");
        assertThat(text("blkio/one/p-db/blkio.throttle.write_bps_device")).isEqualTo("254:0 20971520");
        assertThat(text("blkio/one/p-db/blkio.throttle.read_iops_device")).isEmpty();
        assertThat(text("blkio/one/p-db/blkio.throttle.write_iops_device")).isEqualTo("254:0 100");
        assertThat(text("devices/one/p-db/devices.list").lines())
                .contains("c 1:3 rwm")
                .doesNotContain("a *:* rwm");
    }

    @Test
    void entitlesAPartOfThePool() {
        CgroupV1 cgroups = prepared();

        cgroups.bind(WEB, part(250));

        assertThat(text("cpuset/one.pool/p-web/cpuset.cpus")).isEqualTo("0");
        assertThat(text("cpuset/one.pool/p-web/cpuset.mems")).isEqualTo("1");
        assertThat(text("cpu/one/p-web/cpu.cfs_quota_us")).isEqualTo("25000");
        assertThat(text("cpu/one/p-web/cpu.shares")).isEqualTo("256");
    }

    @Test
    void everyPromiseHoldsAfterBinding() {
        CgroupV1 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        cgroups.bind(WEB, part(250));
        cgroups.openPayload(DB, RANGE, false);

        List<Promise> db = cgroups.readBack(DB, whole(1));
        List<Promise> web = cgroups.readBack(WEB, part(250));

        assertThat(db)
                .allSatisfy(promise ->
                        assertThat(promise.held()).as(promise.toString()).isTrue());
        assertThat(db)
                .extracting(Promise::resource)
                .containsExactly(
                        Resource.CPUS,
                        Resource.MEMORY,
                        Resource.MEMORY_NODES,
                        Resource.TASKS,
                        Resource.IO_READ,
                        Resource.IO_WRITE,
                        Resource.IO_WRITE_OPERATIONS);
        assertThat(db).allSatisfy(promise -> assertThat(promise.readBack()).isEqualTo(promise.promised()));
        assertThat(db.get(0).promised()).isEqualTo("1 CPU (1)");
        assertThat(db.get(0).strength()).isEqualTo(Strength.SHARED_WITH_HOST);
        assertThat(db.get(5).reason()).contains("direct and synced I/O only; buffered writes are not held");
        assertThat(web)
                .allSatisfy(promise ->
                        assertThat(promise.held()).as(promise.toString()).isTrue());
        assertThat(web.get(0).readBack()).isEqualTo("0.25 CPU of the pool");
        assertThat(web.get(0).strength()).isEqualTo(Strength.ENTITLED);
    }

    @Test
    void tellsWhichFileDisagreesWithBothValues() {
        CgroupV1 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, RANGE, false);

        FakeCgroupTree.put(tree.path("cpuset/one/p-db/cpuset.cpu_exclusive"), "0");
        FakeCgroupTree.put(tree.path("memory/one/p-db/memory.limit_in_bytes"), "134217728");
        FakeCgroupTree.put(tree.path("pids/one/p-db/pids.max"), "max");
        FakeCgroupTree.put(tree.path("cpuset/one/p-db/in/cpuset.mems"), "");
        FakeCgroupTree.put(tree.path("blkio/one/p-db/in/blkio.throttle.write_bps_device"), "");

        List<Promise> promises = cgroups.readBack(DB, whole(1));
        assertThat(promises).extracting(Promise::held).containsExactly(false, false, false, false, true, false, true);
        assertThat(promises.get(1).readBack()).isEqualTo("128MiB");
        assertThat(promises.get(1).reason())
                .contains(tree.path("memory/one/p-db/memory.limit_in_bytes") + " says 128MiB, promised 64MiB");
        assertThat(promises.get(5).reason())
                .contains(tree.path("blkio/one/p-db/in/blkio.throttle.write_bps_device")
                        + " says unlimited for 254:0, promised 20MiB/s");
    }

    @Test
    void aPromiseWhoseFileIsGoneDoesNotHold() {
        CgroupV1 cgroups = prepared();

        List<Promise> promises = cgroups.readBack(DB, whole(1));

        assertThat(promises).hasSize(7).allSatisfy(promise -> {
            assertThat(promise.held()).isFalse();
            assertThat(promise.reason())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("No such file"));
        });
    }

    @Test
    void seesAProcessThatWasMovedOutOfAGroup() {
        CgroupV1 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, RANGE, false);
        tree.addProcess(77, false);
        cgroups.enter(DB, 77);

        tree.write(tree.path("memory/cgroup.procs"), "77");

        List<Promise> promises = cgroups.readBack(DB, whole(1));
        assertThat(promises.get(0).held()).isTrue();
        assertThat(promises.get(1).held()).isFalse();
        assertThat(promises.get(1).reason()).contains("process 77 is in / of memory, not in /one/p-db");
    }

    @Test
    void bindingTwiceWritesNothingTheSecondTime() {
        FailingFiles files = new FailingFiles(tree);
        CgroupV1 cgroups = instance("one", false, files);
        cgroups.prepare();
        cgroups.bind(DB, whole(1));
        files.failAt(-1);

        cgroups.bind(DB, whole(1));

        assertThat(files.changes()).isZero();
    }

    @Test
    void bindsChangedSlicesOverTheOldOnes() {
        CgroupV1 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, RANGE, false);
        Slice larger = new Slice(
                new CpuSlice.Whole(CpuSet.of(2, 3)), NodeSet.of(1), ByteSize.ofMebibytes(128), 200, IoSlice.UNLIMITED);

        cgroups.bind(DB, larger);

        assertThat(cgroups.readBack(DB, larger))
                .allSatisfy(p -> assertThat(p.held()).as(p.toString()).isTrue());
        assertThat(text("cpuset/one/cpuset.cpus")).isEqualTo("2-3");
        assertThat(text("blkio/one/p-db/in/blkio.throttle.write_bps_device")).isEmpty();
        cgroups.bind(DB, whole(1));
        assertThat(cgroups.readBack(DB, whole(1)))
                .allSatisfy(p -> assertThat(p.held()).as(p.toString()).isTrue());
    }

    @Test
    void changesBetweenWholeAndPartWhileNothingRuns() {
        CgroupV1 cgroups = prepared();
        cgroups.bind(DB, whole(1));

        cgroups.bind(DB, part(250));

        assertThat(cgroups.readBack(DB, part(250)))
                .allSatisfy(p -> assertThat(p.held()).as(p.toString()).isTrue());
        assertThat(tree.path("cpuset/one")).doesNotExist();
        cgroups.openPayload(DB, RANGE, false);
        tree.addProcess(77, false);
        cgroups.enter(DB, 77);
        assertThatThrownBy(() -> cgroups.bind(DB, whole(1))).isInstanceOf(Refusal.class);
    }

    @Test
    void topGroupHoldsExactlyTheCpusGivenOut() {
        CgroupV1 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        cgroups.bind(WEB, whole(2, 3));
        assertThat(text("cpuset/one/cpuset.cpus")).isEqualTo("1-3");

        cgroups.release(DB);
        assertThat(text("cpuset/one/cpuset.cpus")).isEqualTo("2-3");
        cgroups.release(WEB);

        assertThat(tree.path("cpuset/one")).doesNotExist();
        assertThat(cgroups.present()).isEmpty();
    }

    @Test
    void refusesCpusOfAForeignGroupAndNamesIt() {
        CgroupV1 cgroups = prepared();
        tree.makeGroup(tree.path("cpuset/docker"));
        tree.write(tree.path("cpuset/docker/cpuset.cpus"), "0-3");
        Map<String, String> before = tree.snapshot();

        assertThatThrownBy(() -> cgroups.bind(DB, whole(1, 2))).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.problem().detail()).contains("CPUs 1-2").contains("cpuset/docker");
            assertThat(refusal.problem().holders()).containsExactly(tree.path("cpuset/docker") + " (cpuset.cpus 0-3)");
        });
        assertThat(tree.snapshot()).isEqualTo(before);
    }

    @Test
    void twoInstancesShareThePoolButNoWholeCpu() {
        CgroupV1 one = prepared();
        CgroupV1 two = instance("two", false, tree);
        two.prepare();
        one.bind(DB, whole(1));
        one.bind(WEB, part(250));

        two.bind(DB, whole(2));
        two.bind(WEB, part(250));

        assertThat(one.readBack(DB, whole(1)).get(0).held()).isTrue();
        assertThat(two.readBack(DB, whole(2)).get(0).held()).isTrue();
        assertThatThrownBy(() -> two.bind(new PartitionName("third"), whole(1)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("cpuset/one (cpuset.cpus 1)");
    }

    @Test
    void refusesIoBoundsWithoutADisk() {
        V1Config config = new V1Config(
                new InstanceName("one"),
                new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.ofMebibytes(256)),
                NodeSet.of(0),
                4,
                Optional.empty(),
                false,
                tree.proc(),
                FakeCgroupTree.PAGE);
        CgroupV1 cgroups = new CgroupV1(tree.hierarchies(), config, tree, this::kill, MANAGER);
        cgroups.prepare();

        assertThatThrownBy(() -> cgroups.bind(DB, whole(1)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("no single disk");
        assertThat(cgroups.present()).isEmpty();
    }

    @Test
    void boundsTheDevicesOfARunLikeTheDisk() {
        CgroupV1 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, RANGE, false);

        cgroups.boundDevices(DB, IO, Set.of("7:3", "7:4"));
        cgroups.boundDevices(DB, IO, Set.of("7:4"));

        assertHeld(cgroups.readBack(DB, whole(1)));
        for (String group : List.of("blkio/one/p-db", "blkio/one/p-db/in")) {
            assertThat(text(group + "/blkio.throttle.write_bps_device").lines())
                    .containsExactlyInAnyOrder("254:0 20971520", "7:4 20971520");
        }
        FakeCgroupTree.put(tree.path("blkio/one/p-db/in/blkio.throttle.write_bps_device"), "254:0 20971520");
        assertThat(cgroups.readBack(DB, whole(1)).stream()
                        .filter(promise -> !promise.held())
                        .map(Promise::resource))
                .containsExactly(Resource.IO_WRITE);
        cgroups.boundDevices(DB, IoSlice.UNLIMITED, Set.of());
        cgroups.closePayload(DB);
        assertHeld(cgroups.readBack(DB, whole(1)));
        assertThat(text("blkio/one/p-db/blkio.throttle.write_bps_device")).isEqualTo("254:0 20971520");
    }

    @Test
    void boundsAVolumeWhereNoDiskIsKnown() {
        V1Config config = new V1Config(
                new InstanceName("one"),
                new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.ofMebibytes(256)),
                NodeSet.of(0, 1),
                4,
                Optional.empty(),
                false,
                tree.proc(),
                FakeCgroupTree.PAGE);
        CgroupV1 cgroups = new CgroupV1(tree.hierarchies(), config, tree, this::kill, MANAGER);
        cgroups.prepare();
        Slice stored = whole(1).withStorage(StorageSlice.of(ByteSize.ofMebibytes(64)));

        cgroups.bind(DB, stored);

        assertHeld(cgroups.readBack(DB, stored));
        cgroups.openPayload(DB, RANGE, false);
        cgroups.boundDevices(DB, IO, Set.of("7:3"));
        assertHeld(cgroups.readBack(DB, stored));
        assertThat(text("blkio/one/p-db/in/blkio.throttle.write_bps_device")).isEqualTo("7:3 20971520");
    }

    @Test
    void refusesWhatTakesVersion2() {
        CgroupV1 cgroups = prepared();
        Slice isolated =
                new Slice(new CpuSlice.Whole(CpuSet.of(1), true), NodeSet.of(0), ByteSize.ofMebibytes(64), 100, IO);
        Slice group =
                new Slice(new CpuSlice.Whole(CpuSet.of(1)), NodeSet.of(0), ByteSize.ofMebibytes(64), 100, IO, true);

        assertThatThrownBy(() -> cgroups.bind(DB, isolated))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.problem().code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE))
                .hasMessageContaining("isolated CPUs take cgroup v2");
        assertThatThrownBy(() -> cgroups.bind(DB, group)).hasMessageContaining("leave oomGroup out");
        assertThat(cgroups.present()).isEmpty();
    }

    @Test
    void nothingIsLeftWhicheverWriteOfBindingFails() {
        FailingFiles files = new FailingFiles(tree);
        CgroupV1 cgroups = instance("one", false, files);
        cgroups.prepare();
        cgroups.bind(WEB, whole(3));
        Map<String, String> before = tree.snapshot();
        int failures = 0;
        for (int k = 1; ; k++) {
            files.failAt(k);
            try {
                cgroups.bind(DB, whole(1));
            } catch (CgroupException e) {
                failures++;
                assertThat(tree.snapshot())
                        .as("after the failure of change " + k)
                        .isEqualTo(before);
                continue;
            }
            assertThat(failures).isGreaterThan(30);
            return;
        }
    }

    @Test
    void theOldSliceIsBackWhicheverWriteOfAChangeFails() {
        FailingFiles files = new FailingFiles(tree);
        CgroupV1 cgroups = instance("one", false, files);
        cgroups.prepare();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, RANGE, false);
        Slice other = new Slice(
                new CpuSlice.Whole(CpuSet.of(2, 3)), NodeSet.of(1), ByteSize.ofMebibytes(128), 200, IoSlice.UNLIMITED);
        Map<String, String> before = tree.snapshot();
        int failures = 0;
        for (int k = 1; ; k++) {
            files.failAt(k);
            try {
                cgroups.bind(DB, other);
            } catch (CgroupException e) {
                failures++;
                assertThat(tree.snapshot())
                        .as("after the failure of change " + k)
                        .isEqualTo(before);
                continue;
            }
            assertThat(failures).isGreaterThan(10);
            return;
        }
    }

    @Test
    void opensAndClosesAPayloadInEveryHierarchy() {
        CgroupV1 cgroups = prepared();
        cgroups.bind(DB, whole(1));

        cgroups.openPayload(DB, RANGE, true);
        tree.addProcess(77, false);
        cgroups.enter(DB, 77);

        assertThat(cgroups.processes(DB)).containsExactly(77L);
        for (String hierarchy : List.of("cpu", "cpuset", "memory", "pids", "freezer", "devices", "blkio", "systemd")) {
            assertThat(text(hierarchy + "/one/p-db/in/cgroup.procs"))
                    .as(hierarchy)
                    .isEqualTo("77");
        }
        assertThat(tree.chowned)
                .contains("systemd/one/p-db/in 1000000:1000000", "systemd/one/p-db/in/cgroup.procs 1000000:1000000")
                .allSatisfy(path -> assertThat(path).startsWith("systemd/one/p-db/in"));
        assertThatThrownBy(() -> cgroups.release(DB)).hasMessageContaining("[77]");

        tree.makeGroup(tree.path("systemd/one/p-db/in/system.slice"));
        tree.endProcess(77);
        cgroups.closePayload(DB);
        assertThat(tree.path("systemd/one/p-db/in/system.slice")).doesNotExist();
        cgroups.release(DB);
        assertThat(cgroups.present()).isEmpty();
    }

    @Test
    void killsWhateverIsInsideAndThaws() {
        CgroupV1 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, RANGE, false);
        tree.addProcess(77, false);
        tree.addProcess(78, false);
        cgroups.enter(DB, 77);
        cgroups.enter(DB, 78);
        cgroups.freeze(DB);
        assertThat(cgroups.isFrozen(DB)).isTrue();

        cgroups.killAll(DB);

        assertThat(killed).containsExactly(77L, 78L);
        assertThat(cgroups.isFrozen(DB)).isFalse();
    }

    @Test
    void countsMemoryKillsOfEndedRunsToo() {
        CgroupV1 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, RANGE, false);
        FakeCgroupTree.put(tree.path("memory/one/p-db/in/memory.oom_control"), "under_oom 0\noom_kill 3\n");

        cgroups.closePayload(DB);
        cgroups.openPayload(DB, RANGE, false);
        FakeCgroupTree.put(tree.path("memory/one/p-db/in/memory.oom_control"), "under_oom 0\noom_kill 1\n");

        assertThat(cgroups.outOfMemoryKills(DB)).isEqualTo(4);
    }

    @Test
    void countsRefusedTasksOfEndedRunsTooAndNamesTheFileThatTellsOfThem() {
        CgroupV1 cgroups = prepared();
        assertThat(cgroups.noticeFiles(DB)).isEmpty();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, RANGE, false);
        assertThat(cgroups.noticeFiles(DB)).containsExactly(tree.path("pids/one/p-db/in/pids.events"));
        FakeCgroupTree.put(tree.path("pids/one/p-db/in/pids.events"), "max 3");

        cgroups.closePayload(DB);
        cgroups.openPayload(DB, RANGE, false);
        FakeCgroupTree.put(tree.path("pids/one/p-db/in/pids.events"), "max 1");

        assertThat(cgroups.tasksRefused(DB)).isEqualTo(4);
    }

    @Test
    void measuresTheWholePartition() {
        CgroupV1 cgroups = prepared();
        assertThat(cgroups.usage(DB)).isEqualTo(Cgroups.Usage.NONE);
        cgroups.bind(DB, whole(1));

        FakeCgroupTree.put(tree.path("cpuacct/one/p-db/cpuacct.usage"), "1234567890");
        FakeCgroupTree.put(tree.path("memory/one/p-db/memory.usage_in_bytes"), "8192");
        FakeCgroupTree.put(tree.path("pids/one/p-db/pids.current"), "7");

        assertThat(cgroups.usage(DB))
                .isEqualTo(
                        new Cgroups.Usage(Optional.of(1_234_567L), Optional.of(new ByteSize(8192)), Optional.of(7L)));
    }

    @Test
    void movesTheManagerToTheHostGroupAndBackToWhereItWas() {
        tree.makeGroup(tree.path("cpu/session"));
        tree.write(tree.path("cpu/session/cgroup.procs"), String.valueOf(MANAGER));
        Map<String, String> before = tree.snapshot();
        CgroupV1 cgroups = instance("one", false, tree);

        cgroups.prepare();

        assertThat(text("cpuset/one.pool/host/cgroup.procs")).isEqualTo("4242");
        assertThat(text("cpu/one/host/cgroup.procs")).isEqualTo("4242");
        assertThat(text("memory/cgroup.procs")).isEqualTo("4242");
        assertThat(cgroups.hostGroupFiles()).contains(tree.path("cpuset/one.pool/host/cgroup.procs"));
        cgroups.remove();
        assertThat(tree.snapshot()).isEqualTo(before);
    }

    @Test
    void aSecondManagerDoesNotTakeItsOwnGroupForTheOrigin() {
        prepared();
        CgroupV1 next = prepared();

        next.remove();

        assertThat(text("cpuset/cgroup.procs")).isEqualTo("4242");
        assertThat(text("cpu/cgroup.procs")).isEqualTo("4242");
    }

    @Test
    void nothingIsLeftWhicheverChangeOfPreparingFails() {
        Map<String, String> before = tree.snapshot();
        for (int k = 1; ; k++) {
            FailingFiles files = new FailingFiles(tree);
            files.failAt(k);
            CgroupV1 cgroups = instance("one", false, files);
            try {
                cgroups.prepare();
            } catch (CgroupException e) {
                assertThat(tree.snapshot())
                        .as("after the failure of change " + k)
                        .isEqualTo(before);
                continue;
            }
            assertThat(k).isGreaterThan(20);
            return;
        }
    }

    @Test
    void confinesTheHostAndPutsItBack() {
        tree.addProcess(1, false);
        tree.addProcess(2, true);
        tree.addProcess(900, false);
        Map<String, String> before = tree.snapshot();
        CgroupV1 cgroups = instance("one", true, tree);

        cgroups.prepare();
        cgroups.bind(DB, whole(1));

        assertThat(text("cpuset/cgroup.procs")).isEqualTo("2");
        assertThat(text("cpuset/one.pool/host/cgroup.procs").lines()).containsExactlyInAnyOrder("1", "900", "4242");
        assertThat(text("cpu/cgroup.procs")).isEqualTo("2");
        assertThat(text("cpu/one/host/cgroup.procs").lines()).containsExactlyInAnyOrder("1", "900", "4242");
        Promise cpus = cgroups.readBack(DB, whole(1)).get(0);
        assertThat(cpus.strength()).isEqualTo(Strength.EXCLUSIVE);
        assertThat(cpus.held()).isTrue();
        assertThat(cpus.reason()).isEmpty();

        tree.write(tree.path("cpuset/cgroup.procs"), "900");
        assertThat(cgroups.readBack(DB, whole(1)).get(0).reason())
                .contains("processes of the host are not confined to the pool: [900]");
        cgroups.release(DB);
        cgroups.remove();
        assertThat(tree.snapshot()).isEqualTo(before);
    }

    @Test
    void refusesToRemoveTheTopWhilePartitionsAreInside() {
        CgroupV1 cgroups = prepared();
        cgroups.bind(DB, part(100));

        assertThatThrownBy(cgroups::remove).isInstanceOf(CgroupException.class).hasMessageContaining("[db]");
    }

    @Test
    void bringsAnOlderPoolAndItsPartitionsToTheNewCpus() {
        prepared().bind(WEB, part(250));
        V1Config moved = new V1Config(
                new InstanceName("one"),
                new HostReserve(CpuSet.of(2, 3), new CpuMillis(500), ByteSize.ofMebibytes(256)),
                NodeSet.of(0, 1),
                4,
                Optional.empty(),
                false,
                tree.proc(),
                FakeCgroupTree.PAGE);
        CgroupV1 cgroups = new CgroupV1(tree.hierarchies(), moved, tree, this::kill, MANAGER);

        cgroups.prepare();

        assertThat(text("cpuset/one.pool/cpuset.cpus")).isEqualTo("2-3");
        assertThat(text("cpuset/one.pool/host/cpuset.cpus")).isEqualTo("2-3");
        assertThat(text("cpuset/one.pool/p-web/cpuset.cpus")).isEqualTo("2-3");
    }

    @Test
    void showsControllersReadOnlyAndSystemdsHierarchyToSystemdAlone() {
        CgroupV1 cgroups = prepared();

        assertThat(cgroups.mountsInside(false))
                .contains(new CgroupMount("memory", "cgroup", "memory", false))
                .noneMatch(CgroupMount::writable);
        assertThat(cgroups.mountsInside(true))
                .contains(new CgroupMount("systemd", "cgroup", "none,name=systemd", true));
    }

    @Test
    void findsItsPartitionsInAnyHierarchyAndNobodyElses() {
        CgroupV1 cgroups = prepared();
        tree.makeGroup(tree.path("pids/one/p-half"));
        tree.makeGroup(tree.path("pids/one/P-Else"));
        tree.makeGroup(tree.path("pids/other"));
        tree.makeGroup(tree.path("pids/other/p-theirs"));

        assertThat(cgroups.present()).isEqualTo(Set.of(new PartitionName("half")));
        cgroups.release(new PartitionName("half"));
        assertThat(Files.exists(tree.path("pids/one/p-half"))).isFalse();
    }
}
