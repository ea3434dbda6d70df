package io.bulkhead.manager.cgroup.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupV2Test {
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

    private FakeCgroup2Tree tree;

    @BeforeEach
    void makeTree() {
        tree = new FakeCgroup2Tree(directory, true);
    }

    /** The tree of a kernel before 6.7. */
    private void makeOldTree() {
        tree = new FakeCgroup2Tree(directory.resolve("old"), false);
    }

    private void makeTree(boolean knowsExclusive) {
        if (!knowsExclusive) {
            makeOldTree();
        }
    }

    private CgroupV2 instance(String name, CgroupFiles files) {
        V2Config config = new V2Config(
                new InstanceName(name),
                CpuSet.of(0),
                Optional.of(new Disk("vda", "254:0")),
                Optional.of("ext4"),
                FakeCgroup2Tree.PAGE,
                proc());
        return new CgroupV2(tree.unified(), config, files);
    }

    private Path proc() {
        return directory.resolve("proc");
    }

    private CgroupV2 prepared() {
        CgroupV2 cgroups = instance("one", tree);
        cgroups.prepare();
        return cgroups;
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

    private String text(String path) {
        return FakeCgroup2Tree.text(tree.path(path)).strip();
    }

    private static void assertHeld(List<Promise> promises) {
        assertThat(promises)
                .allSatisfy(p -> assertThat(p.held()).as(p.toString()).isTrue());
    }

    private static String reason(CgroupV2 cgroups, Slice slice, Resource resource) {
        return cgroups.readBack(DB, slice).stream()
                .filter(promise -> promise.resource() == resource)
                .filter(promise -> !promise.held())
                .findFirst()
                .flatMap(Promise::reason)
                .orElse("it holds");
    }

    @Test
    void showsTheLimitsInsideWhereRuntimesLookForThem() {
        CgroupV2 cgroups = prepared();
        cgroups.bind(WEB, part(400));
        cgroups.openPayload(WEB, RANGE, true);

        for (String file : List.of("memory.max", "memory.oom.group", "cpu.max")) {
            assertThat(text("one.pool/p-web/in/" + file)).isEqualTo(text("one.pool/p-web/" + file));
        }
        assertThat(text("one.pool/p-web/in/cpu.max")).isEqualTo("40000 100000");
    }

    @Test
    void writesEveryLimitOfAWholeCpuSlice() {
        CgroupV2 cgroups = prepared();

        cgroups.bind(DB, whole(1, 2));

        assertThat(text("one/cpuset.cpus.exclusive")).isEqualTo("1-2");
        assertThat(text("one/cpuset.cpus.partition")).isEqualTo("member");
        assertThat(text("one/p-db/cpuset.cpus")).isEmpty();
        assertThat(text("one/p-db/cpuset.cpus.exclusive")).isEqualTo("1-2");
        assertThat(text("one/p-db/cpuset.cpus.partition")).isEqualTo("root");
        assertThat(text("one/p-db/cpuset.mems")).isEqualTo("0");
        assertThat(text("one/p-db/cpu.max")).isEqualTo("max 100000");
        assertThat(text("one/p-db/memory.max")).isEqualTo("67108864");
        assertThat(text("one/p-db/memory.min")).isEqualTo("67108864");
        assertThat(text("one/memory.min")).isEqualTo("67108864");
        assertThat(text("one/p-db/memory.swap.max")).isEqualTo("0");
        assertThat(text("one/p-db/pids.max")).isEqualTo("100");
        assertThat(text("one/p-db/cgroup.max.descendants")).isEqualTo("2000");
        assertThat(text("one/p-db/cgroup.max.depth")).isEqualTo("14");
        assertThat(text("one/p-db/io.max")).isEqualTo("254:0 rbps=52428800 wbps=20971520 riops=max wiops=100");
        assertThat(text("one/p-db/cgroup.subtree_control")).isEqualTo("cpuset cpu io memory pids");
        assertThat(text("cpuset.cpus.effective")).as("what the host has left").isEqualTo("0,3");
    }

    @Test
    void makesTheUpperGroupAPartitionWhereTheKernelKnowsNoOtherWay() {
        makeOldTree();
        CgroupV2 cgroups = prepared();

        cgroups.bind(DB, whole(1, 2));
        cgroups.bind(WEB, whole(3));

        assertThat(text("one/cpuset.cpus")).isEqualTo("1-3");
        assertThat(text("one/cpuset.cpus.partition")).isEqualTo("root");
        assertThat(text("one/p-db/cpuset.cpus")).isEqualTo("1-2");
        assertThat(text("one/p-db/cpuset.cpus.partition")).isEqualTo("root");
        assertThat(text("cpuset.cpus.effective")).isEqualTo("0");
        assertHeld(cgroups.readBack(DB, whole(1, 2)));
        assertHeld(cgroups.readBack(WEB, whole(3)));
        cgroups.release(WEB);
        assertThat(text("one/cpuset.cpus")).isEqualTo("1-2");
        cgroups.release(DB);
        assertThat(text("one/cpuset.cpus.partition")).isEqualTo("member");
        assertThat(text("one/cpuset.cpus")).isEmpty();
        assertThat(text("cpuset.cpus.effective")).isEqualTo("0-3");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sparesASingleCpuTheBalancingOfLoad(boolean knowsExclusive) {
        makeTree(knowsExclusive);
        CgroupV2 cgroups = prepared();

        cgroups.bind(DB, whole(3));

        assertThat(text("one/p-db/cpuset.cpus.partition")).isEqualTo("isolated");
        assertHeld(cgroups.readBack(DB, whole(3)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isolatesSeveralCpusWhereAsked(boolean knowsExclusive) {
        makeTree(knowsExclusive);
        CgroupV2 cgroups = prepared();
        Slice isolated =
                new Slice(new CpuSlice.Whole(CpuSet.of(1, 2), true), NodeSet.of(0), ByteSize.ofMebibytes(64), 100, IO);

        cgroups.bind(DB, isolated);

        assertThat(text("one/p-db/cpuset.cpus.partition")).isEqualTo("isolated");
        assertHeld(cgroups.readBack(DB, isolated));
        assertThat(cgroups.readBack(DB, isolated).get(0).readBack()).isEqualTo("2 CPUs (1-2), isolated");
        assertThat(reason(cgroups, whole(1, 2), Resource.CPUS)).contains("says 'isolated', promised 'root'");
        cgroups.bind(DB, whole(1, 2));
        assertHeld(cgroups.readBack(DB, whole(1, 2)));
    }

    @Test
    void letsAllGoTogetherWhereAsked() {
        CgroupV2 cgroups = prepared();
        Slice group =
                new Slice(new CpuSlice.Whole(CpuSet.of(1)), NodeSet.of(0), ByteSize.ofMebibytes(64), 100, IO, true);

        cgroups.bind(DB, group);

        assertThat(text("one/p-db/memory.oom.group")).isEqualTo("1");
        assertHeld(cgroups.readBack(DB, group));
        tree.write(tree.path("one/p-db/memory.oom.group"), "0");
        assertThat(reason(cgroups, group, Resource.MEMORY)).contains("memory.oom.group says 0, promised 1");
    }

    @Test
    void setsNodesBeforeTheCpusAndProtectionAboveBeforeBelow() {
        CgroupV2 cgroups = prepared();
        tree.writes.clear();

        cgroups.bind(DB, whole(1, 2));

        assertThat(tree.writes)
                .containsSubsequence(
                        "one/p-db/cpuset.mems 0",
                        "one/cpuset.cpus.exclusive 1-2",
                        "one/p-db/cpuset.cpus.exclusive 1-2",
                        "one/p-db/cpuset.cpus.partition root")
                .containsSubsequence("one/memory.min 67108864", "one/p-db/memory.min 67108864");
        tree.writes.clear();
        cgroups.bind(
                DB, new Slice(new CpuSlice.Whole(CpuSet.of(1, 2)), NodeSet.of(0), ByteSize.ofMebibytes(16), 100, IO));
        assertThat(tree.writes).containsSubsequence("one/p-db/memory.min 16777216", "one/memory.min 16777216");
    }

    @Test
    void entitlesAPartOfThePool() {
        CgroupV2 cgroups = prepared();

        cgroups.bind(WEB, part(250));

        assertThat(text("one.pool/cpuset.cpus")).isEqualTo("0");
        assertThat(text("one.pool/cpu.weight")).isEqualTo("10000");
        assertThat(text("one.pool/memory.min")).isEqualTo("33554432");
        assertThat(text("one.pool/p-web/cpuset.cpus.effective")).isEqualTo("0");
        assertThat(text("one.pool/p-web/cpuset.mems")).isEqualTo("1");
        assertThat(text("one.pool/p-web/cpu.max")).isEqualTo("25000 100000");
        assertThat(text("one.pool/p-web/cpu.weight")).isEqualTo("25");
        assertThat(text("one.pool/p-web/io.max")).isEmpty();
        assertHeld(cgroups.readBack(WEB, part(250)));
    }

    @Test
    void promisesWithTheStrengthOfVersion2() {
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1, 2));

        List<Promise> promises = cgroups.readBack(DB, whole(1, 2));

        assertHeld(promises);
        assertThat(promises)
                .extracting(Promise::resource)
                .containsExactly(
                        Resource.CPUS,
                        Resource.MEMORY,
                        Resource.MEMORY_NODES,
                        Resource.TASKS,
                        Resource.IO_READ,
                        Resource.IO_WRITE,
                        Resource.IO_WRITE_OPERATIONS);
        assertThat(promises.get(0).strength()).isEqualTo(Strength.EXCLUSIVE);
        assertThat(promises.get(0).readBack()).isEqualTo("2 CPUs (1-2)");
        assertThat(promises.get(1).strength()).isEqualTo(Strength.GUARANTEED);
        assertThat(promises.get(1).reason().orElseThrow()).contains("while it is stopped");
        assertThat(promises.get(5).readBack()).isEqualTo("20MiB/s");
        assertThat(promises.get(5).reason()).as("written pages are charged").isEmpty();
    }

    @Test
    void namesWhatItCannotHoldOfMemoryAndIo() {
        V2Strengths strengths = new V2Strengths(false, Optional.of("ext3"));

        assertThat(strengths.memory()).isEqualTo(Strength.CAPPED);
        assertThat(strengths.memoryException()).contains("memory_recursiveprot");
        assertThat(strengths.ioException().orElseThrow()).contains("ext3").contains("buffered");
        assertThat(strengths.table("somehow"))
                .extracting(Enforcement::resource)
                .containsExactly(
                        Resource.CPUS,
                        Resource.MEMORY,
                        Resource.MEMORY_NODES,
                        Resource.TASKS,
                        Resource.IO_READ,
                        Resource.IO_WRITE,
                        Resource.IO_READ_OPERATIONS,
                        Resource.IO_WRITE_OPERATIONS);
    }

    @ParameterizedTest
    @CsvSource({
        "one/p-db/memory.max, 1048576, MEMORY",
        "one/p-db/memory.min, 0, MEMORY",
        "one/p-db/memory.high, 1048576, MEMORY",
        "one/p-db/memory.swap.max, max, MEMORY",
        "one/memory.min, 4096, MEMORY",
        "one/memory.max, 67108864, MEMORY",
        "one/p-db/in/memory.min, 0, MEMORY",
        "one/p-db/cpu.max, 1000 100000, CPUS",
        "one/cpu.max, 1000 100000, CPUS",
        "one/p-db/cpuset.cpus.partition, member, CPUS",
        "one/p-db/cpuset.cpus.exclusive, 1, CPUS",
        "one/cpuset.cpus.exclusive, 1, CPUS",
        "one/p-db/in/cpuset.cpus, 1, CPUS",
        "one/p-db/cpuset.mems, 0-1, MEMORY_NODES",
        "one/p-db/pids.max, max, TASKS",
        "one/pids.max, 5, TASKS",
        "one/p-db/cgroup.max.descendants, max, TASKS",
        "one/p-db/cgroup.max.depth, max, TASKS",
        "one/p-db/io.max, 254:0 wbps=max, IO_WRITE",
    })
    void seesAndRepairsWhatSomebodyElseHasWritten(String file, String value, Resource resource) {
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1, 2));
        cgroups.openPayload(DB, RANGE, false);
        assertHeld(cgroups.readBack(DB, whole(1, 2)));

        tree.write(tree.path(file), value);

        assertThat(reason(cgroups, whole(1, 2), resource))
                .contains(tree.path("one").toString());
        if (file.equals("one/p-db/in/cpuset.cpus")) {
            tree.write(tree.path(file), "");
        }
        assertThat(cgroups.repair(DB, whole(1, 2))).isTrue();
        assertHeld(cgroups.readBack(DB, whole(1, 2)));
    }

    @Test
    void tellsTheKernelsReasonAndBringsAnInvalidPartitionBack() {
        makeOldTree();
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1, 2));
        tree.makeGroup(tree.path("system"));

        tree.write(tree.path("system/cpuset.cpus"), "0-3");

        assertThat(reason(cgroups, whole(1, 2), Resource.CPUS))
                .contains("one/cpuset.cpus.partition says 'root invalid (Cpu list in cpuset.cpus not exclusive)'")
                .contains("the host has CPUs 1-2 too");
        assertThatThrownBy(() -> cgroups.repair(DB, whole(1, 2)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("system/cpuset.cpus (0-3)");
        tree.write(tree.path("system/cpuset.cpus"), "0");
        assertThat(reason(cgroups, whole(1, 2), Resource.CPUS)).contains("invalid");
        cgroups.repair(DB, whole(1, 2));
        assertHeld(cgroups.readBack(DB, whole(1, 2)));
    }

    @Test
    void lendsTheUpperGroupACpuWhereTasksStandInTheWay() {
        makeOldTree();
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, RANGE, false);
        cgroups.enter(DB, 77);
        tree.write(tree.path("one/p-db/cpuset.cpus.partition"), "member");

        cgroups.repair(DB, whole(1));

        assertHeld(cgroups.readBack(DB, whole(1)));
        assertThat(text("one/cpuset.cpus")).isEqualTo("1");
        assertThat(text("cpuset.cpus.effective")).isEqualTo("0,2-3");
    }

    @Test
    void saysSoWhereThereIsNoCpuToLend() {
        makeOldTree();
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1, 2, 3));
        cgroups.openPayload(DB, RANGE, false);
        cgroups.enter(DB, 77);
        tree.write(tree.path("one/p-db/cpuset.cpus.partition"), "member");

        assertThatThrownBy(() -> cgroups.repair(DB, whole(1, 2, 3)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("root invalid (Parent unable to distribute cpu downstream)");

        cgroups.killAll(DB);
        cgroups.repair(DB, whole(1, 2, 3));
        assertHeld(cgroups.readBack(DB, whole(1, 2, 3)));
    }

    @Test
    void namesNoCpuThatAnotherGroupNamesWhereThatWouldHarmTheOther() {
        makeOldTree();
        CgroupV2 one = prepared();
        one.bind(DB, whole(1));
        CgroupV2 two = instance("two", tree);
        two.prepare();

        assertThatThrownBy(() -> two.bind(DB, whole(1, 2)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("one/cpuset.cpus (1)");

        assertHeld(one.readBack(DB, whole(1)));
    }

    @Test
    void aCpuThatGoesIsSeenAndItsReturnRepaired() {
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(3));
        cgroups.openPayload(DB, RANGE, false);
        cgroups.enter(DB, 77);

        tree.setOnline(CpuSet.parse("0-2"));

        assertThat(reason(cgroups, whole(3), Resource.CPUS))
                .contains("isolated invalid (No cpu available due to hotplug)");
        assertThatThrownBy(() -> cgroups.repair(DB, whole(3))).isInstanceOf(Refusal.class);
        tree.setOnline(CpuSet.parse("0-3"));
        assertThat(reason(cgroups, whole(3), Resource.CPUS)).contains("invalid");
        cgroups.repair(DB, whole(3));
        assertHeld(cgroups.readBack(DB, whole(3)));
    }

    @Test
    void boundsTheDevicesOfARunLikeTheDisk() {
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, RANGE, false);

        cgroups.boundDevices(DB, IO, Set.of("7:3", "7:4"));
        cgroups.boundDevices(DB, IO, Set.of("7:4"));

        assertHeld(cgroups.readBack(DB, whole(1)));
        String bounds = " rbps=52428800 wbps=20971520 riops=max wiops=100";
        assertThat(text("one/p-db/io.max").lines()).containsExactlyInAnyOrder("254:0" + bounds, "7:4" + bounds);
        tree.write(tree.path("one/p-db/io.max"), "7:4 wbps=max");
        assertThat(reason(cgroups, whole(1), Resource.IO_WRITE)).contains("for 7:4");
        cgroups.repair(DB, whole(1));
        assertHeld(cgroups.readBack(DB, whole(1)));
        cgroups.boundDevices(DB, IoSlice.UNLIMITED, Set.of());
        cgroups.closePayload(DB);
        assertHeld(cgroups.readBack(DB, whole(1)));
        assertThat(text("one/p-db/io.max")).startsWith("254:0").doesNotContain("7:");
    }

    @Test
    void repairsTheRestWhereTheCpusCannotBeHadBack() {
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(3));
        cgroups.openPayload(DB, RANGE, false);
        cgroups.enter(DB, 77);
        tree.setOnline(CpuSet.parse("0-2"));
        tree.write(tree.path("one/p-db/memory.max"), "max");

        assertThatThrownBy(() -> cgroups.repair(DB, whole(3))).isInstanceOf(Refusal.class);

        assertThat(text("one/p-db/memory.max")).isEqualTo("67108864");
    }

    @Test
    void refusesCpusThatAnotherGroupHasAndNamesIt() {
        CgroupV2 cgroups = prepared();
        tree.makeGroup(tree.path("other"));
        tree.write(tree.path("other/cpuset.cpus.exclusive"), "2-3");
        Map<String, String> before = tree.snapshot();

        assertThatThrownBy(() -> cgroups.bind(DB, whole(1, 2))).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.problem().code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE);
            assertThat(refusal.problem().detail()).contains("Invalid argument");
            assertThat(refusal.problem().holders())
                    .containsExactly(tree.path("other/cpuset.cpus.exclusive") + " (2-3)");
        });
        assertThat(tree.snapshot()).isEqualTo(before);
    }

    @Test
    void twoInstancesShareThePoolButNoWholeCpu() {
        CgroupV2 one = prepared();
        CgroupV2 two = instance("two", tree);
        two.prepare();
        one.bind(DB, whole(1));
        one.bind(WEB, part(250));

        two.bind(DB, whole(2));
        two.bind(WEB, part(250));

        assertHeld(one.readBack(DB, whole(1)));
        assertHeld(two.readBack(DB, whole(2)));
        assertHeld(two.readBack(WEB, part(250)));
        assertThatThrownBy(() -> two.bind(new PartitionName("third"), whole(1))).isInstanceOf(Refusal.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void changesASliceThatIsInUse(boolean knowsExclusive) {
        makeTree(knowsExclusive);
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, RANGE, false);
        cgroups.enter(DB, 77);
        Slice other = new Slice(
                new CpuSlice.Whole(CpuSet.of(2, 3)), NodeSet.of(1), ByteSize.ofMebibytes(128), 200, IoSlice.UNLIMITED);

        cgroups.bind(DB, other);

        assertHeld(cgroups.readBack(DB, other));
        assertThat(text("one/memory.min")).isEqualTo("134217728");
        assertThat(text("cpuset.cpus.effective")).isEqualTo("0-1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void changesBetweenWholeAndPartWhileNothingRuns(boolean knowsExclusive) {
        makeTree(knowsExclusive);
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1));

        cgroups.bind(DB, part(250));

        assertHeld(cgroups.readBack(DB, part(250)));
        assertThat(tree.path("one/p-db")).doesNotExist();
        assertThat(text("one/memory.min")).isEqualTo("0");
        assertThat(text("cpuset.cpus.effective")).isEqualTo("0-3");
        cgroups.openPayload(DB, RANGE, false);
        assertThatThrownBy(() -> cgroups.bind(DB, whole(1))).isInstanceOf(Refusal.class);
    }

    @Test
    void refusesIoBoundsWithoutADisk() {
        V2Config config = new V2Config(
                new InstanceName("one"),
                CpuSet.of(0),
                Optional.empty(),
                Optional.empty(),
                FakeCgroup2Tree.PAGE,
                proc());
        CgroupV2 cgroups = new CgroupV2(tree.unified(), config, tree);
        cgroups.prepare();

        assertThatThrownBy(() -> cgroups.bind(DB, whole(1)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("no single disk");
        assertThat(cgroups.present()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsLeftWhicheverWriteOfBindingFails(boolean knowsExclusive) {
        makeTree(knowsExclusive);
        FailingFiles files = new FailingFiles(tree);
        CgroupV2 cgroups = instance("one", files);
        cgroups.prepare();
        cgroups.bind(WEB, whole(3));
        Map<String, String> before = tree.snapshot();
        int failures = 0;
        for (int k = 1; ; k++) {
            files.failAt(k);
            try {
                cgroups.bind(DB, whole(1, 2));
            } catch (CgroupException | Refusal e) {
                failures++;
                assertThat(tree.snapshot())
                        .as("after the failure of change " + k)
                        .isEqualTo(before);
                continue;
            }
            assertThat(failures).isGreaterThan(12);
            return;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theOldSliceIsBackWhicheverWriteOfAChangeFails(boolean knowsExclusive) {
        makeTree(knowsExclusive);
        FailingFiles files = new FailingFiles(tree);
        CgroupV2 cgroups = instance("one", files);
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
            } catch (CgroupException | Refusal e) {
                failures++;
                assertThat(tree.snapshot())
                        .as("after the failure of change " + k)
                        .isEqualTo(before);
                continue;
            }
            assertThat(failures).isGreaterThan(8);
            return;
        }
    }

    @Test
    void nothingIsLeftWhicheverChangeOfPreparingFails() {
        Map<String, String> before = tree.snapshot();
        for (int k = 1; ; k++) {
            FailingFiles files = new FailingFiles(tree);
            files.failAt(k);
            CgroupV2 cgroups = instance("one", files);
            try {
                cgroups.prepare();
            } catch (CgroupException e) {
                assertThat(tree.snapshot())
                        .as("after the failure of change " + k)
                        .isEqualTo(before);
                continue;
            }
            assertThat(k).isGreaterThan(6);
            return;
        }
    }

    @Test
    void opensAndClosesAPayloadBesideTheHolder() {
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1));

        cgroups.openPayload(DB, RANGE, false);
        cgroups.enter(DB, 77);
        cgroups.enter(DB, 78);
        cgroups.parkHolder(DB, 77);

        assertThat(text("one/p-db/in/cgroup.procs")).isEqualTo("78");
        assertThat(text("one/p-db/holder/cgroup.procs")).isEqualTo("77");
        assertThat(text("one/p-db/in/memory.min")).isEqualTo("67108864");
        assertThat(cgroups.processes(DB)).containsExactly(77L, 78L);
        assertThat(tree.chowned).isEmpty();
        assertThatThrownBy(() -> cgroups.release(DB)).hasMessageContaining("[77, 78]");
        tree.endProcess(77);
        tree.endProcess(78);
        cgroups.closePayload(DB);
        assertThat(tree.path("one/p-db/in")).doesNotExist();
        assertThat(tree.path("one/p-db/holder")).doesNotExist();
        cgroups.release(DB);
        assertThat(cgroups.present()).isEmpty();
    }

    @Test
    void handsItsOwnTreeToSystemdAndKeepsOutOfItsWay() {
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1));

        cgroups.openPayload(DB, RANGE, true);
        cgroups.enter(DB, 77);
        cgroups.parkHolder(DB, 77);
        cgroups.enter(DB, 90);

        assertThat(tree.chowned)
                .containsExactlyInAnyOrder(
                        "one/p-db/in 1000000:1000000",
                        "one/p-db/in/cgroup.procs 1000000:1000000",
                        "one/p-db/in/cgroup.threads 1000000:1000000",
                        "one/p-db/in/cgroup.subtree_control 1000000:1000000");
        assertThat(text("one/p-db/in/cgroup.procs")).as("systemd may divide it").isEmpty();
        assertThat(text("one/p-db/in/exec/cgroup.procs")).isEqualTo("90");
        tree.write(tree.path("one/p-db/in/cgroup.subtree_control"), "+memory");
        CgroupV2 next = instance("one", tree);
        next.enter(DB, 91);
        assertThat(text("one/p-db/in/exec/cgroup.procs").lines()).containsExactly("90", "91");
    }

    @Test
    void killsWhateverIsInsideAndThaws() {
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, RANGE, false);
        cgroups.enter(DB, 77);
        cgroups.freeze(DB);
        assertThat(cgroups.isFrozen(DB)).isTrue();

        cgroups.killAll(DB);

        assertThat(tree.writes).contains("one/p-db/cgroup.kill 1");
        assertThat(cgroups.processes(DB)).isEmpty();
        assertThat(cgroups.isFrozen(DB)).isFalse();
    }

    @Test
    void countsMemoryKillsOfEveryRun() {
        CgroupV2 cgroups = prepared();
        assertThat(cgroups.outOfMemoryKills(DB)).isZero();
        cgroups.bind(DB, whole(1));

        FakeCgroup2Tree.put(tree.path("one/p-db/memory.events"), "low 0\noom 5\noom_kill 3\noom_group_kill 0");

        assertThat(cgroups.outOfMemoryKills(DB)).isEqualTo(3);
    }

    @Test
    void namesTheFilesThatTellOfAChange() {
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1));

        assertThat(cgroups.noticeFiles(DB))
                .containsExactly(
                        tree.path("one/p-db/cpuset.cpus.partition"),
                        tree.path("one/p-db/cgroup.events"),
                        tree.path("one/p-db/memory.events"),
                        tree.path("one/p-db/pids.events"));
        assertThat(cgroups.noticeFiles(WEB)).isEmpty();

        cgroups.openPayload(DB, new UidRange(65_536), false);

        assertThat(cgroups.noticeFiles(DB)).endsWith(tree.path("one/p-db/in/pids.events"));
    }

    @Test
    void measuresTheWholePartition() {
        CgroupV2 cgroups = prepared();
        assertThat(cgroups.usage(DB)).isEqualTo(Cgroups.Usage.NONE);
        cgroups.bind(DB, whole(1));

        FakeCgroup2Tree.put(
                tree.path("one/p-db/cpu.stat"), "usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567");
        FakeCgroup2Tree.put(tree.path("one/p-db/memory.current"), "8192");
        FakeCgroup2Tree.put(tree.path("one/p-db/pids.current"), "7");

        assertThat(cgroups.usage(DB))
                .isEqualTo(
                        new Cgroups.Usage(Optional.of(1_234_567L), Optional.of(new ByteSize(8192)), Optional.of(7L)));
    }

    @Test
    void countsRefusedTasksWhereverTheKernelDoes() {
        CgroupV2 cgroups = prepared();
        assertThat(cgroups.tasksRefused(DB)).isZero();
        cgroups.bind(DB, whole(1));
        cgroups.openPayload(DB, new UidRange(65_536), false);

        // Before 6.11: with the group that asked.
        FakeCgroup2Tree.put(tree.path("one/p-db/in/pids.events"), "max 4");
        assertThat(cgroups.tasksRefused(DB)).isEqualTo(4);

        // From 6.11 on: with the group that has the limit; what the groups inside count are limits of their own.
        FakeCgroup2Tree.put(tree.path("one/p-db/pids.events"), "max 9");
        FakeCgroup2Tree.put(tree.path("one/p-db/pids.events.local"), "max 9");
        assertThat(cgroups.tasksRefused(DB)).isEqualTo(9);
    }

    @Test
    void removesItsGroupsAndNobodyElses() {
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, part(100));
        tree.makeGroup(tree.path("one/not-ours"));
        tree.makeGroup(tree.path("other"));
        tree.makeGroup(tree.path("other/p-theirs"));
        assertThat(cgroups.present()).isEqualTo(Set.of(DB));
        assertThatThrownBy(cgroups::remove).isInstanceOf(CgroupException.class).hasMessageContaining("[db]");

        cgroups.release(DB);
        cgroups.remove();

        assertThat(tree.path("one")).doesNotExist();
        assertThat(tree.path("one.pool")).doesNotExist();
        assertThat(tree.path("other/p-theirs")).exists();
        assertThat(text("cgroup.subtree_control")).contains("cpuset");
    }

    @Test
    void tellsWhereAProcessIsThatWasMovedAway() throws IOException {
        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1));
        Path groups = Files.createDirectories(proc().resolve("42")).resolve("cgroup");

        Files.writeString(groups, "0::/one/p-db/in/init.scope\n");
        assertThat(cgroups.strayedTo(DB, 42)).isEmpty();
        Files.writeString(groups, "0::/one/p-db2/in\n");
        assertThat(cgroups.strayedTo(DB, 42)).contains("/one/p-db2/in");
        Files.writeString(groups, "0::/\n");
        Files.writeString(groups.resolveSibling("stat"), "42 (sh) S 1 42 42 0 -1 4194560 0\n");
        assertThat(cgroups.strayedTo(DB, 42)).contains("/");
        Files.writeString(groups.resolveSibling("stat"), "42 (sh) R 1 42 42 0 -1 4194564 0\n");
        assertThat(cgroups.strayedTo(DB, 42)).as("it is ending").isEmpty();
        assertThat(cgroups.strayedTo(DB, 43)).as("it has ended").isEmpty();
    }

    @Test
    void takesUpTheGroupsOfAnEarlierManager() {
        prepared().bind(DB, whole(1));
        prepared().bind(WEB, part(250));
        V2Config moved = new V2Config(
                new InstanceName("one"),
                CpuSet.of(2, 3),
                Optional.empty(),
                Optional.empty(),
                FakeCgroup2Tree.PAGE,
                proc());
        CgroupV2 cgroups = new CgroupV2(tree.unified(), moved, tree);

        cgroups.prepare();

        assertThat(text("one.pool/cpuset.cpus")).isEqualTo("2-3");
        assertThat(text("one.pool/p-web/cpuset.cpus.effective")).isEqualTo("2-3");
        assertThat(text("one/p-db/cpuset.cpus.partition")).isEqualTo("isolated");
        assertThat(text("one/memory.min")).isEqualTo("67108864");
    }

    @Test
    void bindsWhatWasLostWithAllGroups() throws IOException {
        prepared().bind(DB, whole(1));
        tree = new FakeCgroup2Tree(Files.createDirectory(directory.resolve("rebooted")), true);

        CgroupV2 cgroups = prepared();
        cgroups.bind(DB, whole(1));

        assertHeld(cgroups.readBack(DB, whole(1)));
    }

    @Test
    void showsAPartitionItsOwnTreeAlone() {
        CgroupV2 cgroups = prepared();

        assertThat(cgroups.mountsInside(false)).containsExactly(new CgroupMount("", "cgroup2", "", false));
        assertThat(cgroups.mountsInside(true)).containsExactly(new CgroupMount("", "cgroup2", "", true));
        assertThat(cgroups.hostGroupFiles()).isEmpty();
        assertThat(cgroups.kind()).isEqualTo("v2");
    }
}
