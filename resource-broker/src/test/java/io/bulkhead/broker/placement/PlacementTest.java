package io.bulkhead.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.inventory.InventoryReader;
import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.broker.testing.Machines;
import io.bulkhead.broker.testing.SysTree;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuClaim.Threads;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacementTest {
    private static final ByteSize GIBIBYTE = ByteSize.ofMebibytes(1024);

    @TempDir
    Path root;

    // ---- whole CPUs

    @Test
    void givesTheLowestFreeCore() {
        Decision decision = Placement.offer(flat(4), pool("0"), holdings(held("a", "1")), whole(1));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.of(2));
    }

    @Test
    void givesAllThreadsOfACore() {
        Decision decision = Placement.offer(smt(), pool("0,8"), Holdings.NONE, whole(4));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.parse("1-2,9-10"));
        assertThat(sliceOf(decision).memoryNodes()).isEqualTo(NodeSet.of(0));
    }

    @Test
    void prefersTheLowestNodeThatHasRoomForAll() {
        Decision decision = Placement.offer(smt(), pool("0,8"), Holdings.NONE, whole(8));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.parse("4-7,12-15"));
        assertThat(sliceOf(decision).memoryNodes()).isEqualTo(NodeSet.of(1));
    }

    @Test
    void spansNodesWhereNoneHasRoomForAll() {
        Decision decision = Placement.offer(smt(), pool("0,8"), Holdings.NONE, whole(10));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.parse("1,4-7,9,12-15"));
        assertThat(sliceOf(decision).memoryNodes()).isEqualTo(NodeSet.of(0, 1));
    }

    @Test
    void takesMemoryFromAllNodesWhereThoseOfTheCpusAreTooSmall() {
        Decision decision = Placement.offer(smt(), pool("0,8"), Holdings.NONE, claim(CpuClaim.Whole.of(8), "9GiB"));

        assertThat(sliceOf(decision).memoryNodes()).isEqualTo(NodeSet.of(0, 1));
    }

    @Test
    void honoursTheNode() {
        var claim = new CpuClaim.Whole(2, Threads.WHOLE_CORE, Optional.of(1), Optional.empty());

        Decision decision = Placement.offer(smt(), pool("0,8"), Holdings.NONE, claim(claim, "1GiB"));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.parse("4,12"));
    }

    @Test
    void honoursTheIds() {
        Decision decision = Placement.offer(smt(), pool("0,8"), Holdings.NONE, ids("6,14", Threads.WHOLE_CORE));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.parse("6,14"));
    }

    @Test
    void leavesALowCoreOutWhereOnlyLargerOnesMakeTheCount() {
        Topology holes = new InventoryReader(SysTree.holesAndOffline(root).root()).read();

        Decision decision = Placement.offer(holes, pool("7"), Holdings.NONE, whole(4));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.parse("2-5"));
    }

    @Test
    void fillsDividedCoresFirstWhereThreadsMayBeShared() {
        Holdings holdings = holdings(new Holding(name("a"), slice(CpuSet.of(3)), false));

        Decision decision = Placement.offer(smt(), pool("0,8"), holdings, threads(2));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.parse("1,11"));
    }

    @Test
    void neverSharesACoreThatItsOwnerHoldsWhole() {
        // Given an owner of a whole core whose second thread came online later
        Holdings holdings = holdings(held("a", "1"));

        Decision decision = Placement.offer(smt(), pool("0,8"), holdings, ids("9", Threads.ANY));

        assertThat(problemOf(decision).detail()).isEqualTo("needs CPU 9; CPU 9 is held by a");
    }

    @Test
    void staysOnTheCpusThatThePartitionHasWhenTheyStillDo() {
        Decision decision = Placement.offer(
                flat(4), pool("0"), Holdings.NONE, claim(CpuClaim.Whole.of(1), "2GiB"), slice(CpuSet.of(3)));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.of(3));
        assertThat(sliceOf(decision).memory()).isEqualTo(ByteSize.parse("2GiB"));
    }

    @Test
    void passesOnWhatIsAskedBeyondThePlace() {
        Claim claim = new Claim(
                new CpuClaim.Whole(1, Threads.WHOLE_CORE, Optional.empty(), Optional.empty(), true),
                GIBIBYTE,
                512,
                IoSlice.UNLIMITED,
                true);

        Slice first = sliceOf(Placement.offer(flat(4), pool("0"), holdings(), claim));

        assertThat(first.cpus()).isEqualTo(new CpuSlice.Whole(CpuSet.of(1), true));
        assertThat(first.oomGroup()).isTrue();
        Slice before = slice(CpuSet.of(2));
        assertThat(sliceOf(Placement.offer(flat(4), pool("0"), holdings(), claim, before))
                        .cpus())
                .isEqualTo(new CpuSlice.Whole(CpuSet.of(2), true));
    }

    @Test
    void movesWhenTheCpusThatThePartitionHasAreTaken() {
        Decision decision =
                Placement.offer(flat(4), pool("0"), holdings(held("b", "3")), whole(1), slice(CpuSet.of(3)));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.of(1));
    }

    // ---- nodes, caches, types of cores, devices

    @Test
    void prefersTheFullestNodeThatStillHasRoom() {
        Decision decision = Placement.offer(many(), holdings(held("a", "8-11")), claim(CpuClaim.Whole.of(4), "1GiB"));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.parse("12-15"));
        assertThat(offerOf(decision).why())
                .containsExactly(
                        "on one node (1, the fullest that has room)",
                        "in one last-level cache (3, the fullest that has room)");
    }

    @Test
    void prefersTheFullestCacheThatStillHasRoom() {
        Decision decision = Placement.offer(
                many(), holdings(held("a", "0,4-5"), held("b", "8-15")), claim(CpuClaim.Whole.of(2), "1GiB"));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.parse("6-7"));
    }

    @Test
    void prefersANodeWithRoomInOneCacheToAFullerOne() {
        Decision decision = Placement.offer(
                many(), holdings(held("a", "0-1,4-5,6"), held("b", "8-9")), claim(CpuClaim.Whole.of(3), "1GiB"));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.parse("12-14"));
    }

    @Test
    void touchesAsFewCachesAsItCanWhereNoneHasRoomForAll() {
        Decision decision = Placement.offer(
                many(), holdings(held("a", "0"), held("b", "8-15")), claim(CpuClaim.Whole.of(5), "1GiB"));

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.parse("1,4-7"));
        assertThat(offerOf(decision).why()).contains("across last-level caches: none on the node has room for all");
    }

    @Test
    void honoursOneCacheAndSaysHowMuchOneHasWhereNoneIsFree() {
        Holdings holdings = holdings(held("a", "0,4"), held("b", "8,12"));

        assertThat(cpusOf(Placement.offer(
                        many(), holdings, claim(CpuClaim.Whole.of(3).inOneCache(), "1GiB"))))
                .isEqualTo(CpuSet.parse("1-3"));
        Problem problem = problemOf(
                Placement.offer(many(), holdings, claim(CpuClaim.Whole.of(4).inOneCache(), "1GiB")));
        assertThat(problem.detail())
                .isEqualTo("needs 4 whole cores in one last-level cache; 12 are free, 2 are held by a, 2 by b,"
                        + " 1 by the host's pool; the most that is free in one last-level cache is 3 CPUs (cache 0)");
        assertThat(problem.remedy()).contains("release a, or ask for at most 3 CPUs");
    }

    @Test
    void refusesMoreThanAnyCacheHas() {
        Problem problem = problemOf(Placement.offer(
                many(), Holdings.NONE, claim(CpuClaim.Whole.of(5).inOneCache(), "1GiB")));

        assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE);
        assertThat(problem.detail()).isEqualTo("5 CPUs have no last-level cache in common: the largest has 4 CPUs");
    }

    @Test
    void takesPerformanceCoresFirstAndNeverMixesTypes() {
        Machine hybrid = new Machine(Machines.hybrid(), pool("0-1"));

        Decision first = Placement.offer(hybrid, Holdings.NONE, claim(CpuClaim.Whole.of(4), "1GiB"));
        Decision second = Placement.offer(hybrid, holdings(held("a", "2-9")), claim(CpuClaim.Whole.of(4), "1GiB"));

        assertThat(cpusOf(first)).isEqualTo(CpuSet.parse("2-5"));
        assertThat(offerOf(first).why()).contains("performance cores");
        assertThat(cpusOf(second)).isEqualTo(CpuSet.parse("12-15"));
        assertThat(offerOf(second).why()).contains("efficiency cores: there is no room on performance cores");
    }

    @Test
    void honoursTheTypeOfCores() {
        Machine hybrid = new Machine(Machines.hybrid(), pool("0-1"));

        assertThat(cpusOf(Placement.offer(
                        hybrid, Holdings.NONE, claim(CpuClaim.Whole.of(2).ofType(CoreType.EFFICIENCY), "1GiB"))))
                .isEqualTo(CpuSet.parse("20-21"));
        Problem problem = problemOf(Placement.offer(
                hybrid, holdings(held("a", "2-11")), claim(CpuClaim.Whole.of(2).ofType(CoreType.PERFORMANCE), "1GiB")));
        assertThat(problem.detail())
                .isEqualTo("needs 1 whole core (2 CPUs) of the performance type; 0 are free, 5 are held by a,"
                        + " 1 by the host's pool");
    }

    @Test
    void refusesATypeOfCoresThatIsNotThere() {
        Problem problem = problemOf(Placement.offer(
                many(), Holdings.NONE, claim(CpuClaim.Whole.of(1).ofType(CoreType.EFFICIENCY), "1GiB")));

        assertThat(problem.detail()).isEqualTo("there are no efficiency cores: all cores of this host are of one type");
    }

    @Test
    void goesToTheNearestNodeThatHasRoom() {
        Decision there = Placement.offer(
                many(), Holdings.NONE, claim(CpuClaim.Whole.of(2).near("nvme0n1"), "1GiB"));
        Decision next = Placement.offer(
                many(), holdings(held("a", "8-14")), claim(CpuClaim.Whole.of(2).near("nvme0n1"), "1GiB"));

        assertThat(sliceOf(there).memoryNodes()).isEqualTo(NodeSet.of(1));
        assertThat(offerOf(there).why())
                .contains("on one node (1, the nearest that has room)", "nvme0n1 is on node 1, at distance 10");
        assertThat(sliceOf(next).memoryNodes()).isEqualTo(NodeSet.of(0));
        assertThat(offerOf(next).why()).contains("nvme0n1 is on node 1, at distance 21");
    }

    @Test
    void refusesADeviceThatIsNotThereOrTellsNoNode() {
        assertThat(problemOf(Placement.offer(
                                many(),
                                Holdings.NONE,
                                claim(CpuClaim.Whole.of(1).near("sda"), "1GiB")))
                        .detail())
                .isEqualTo("there is no disk or network interface 'sda'; there are eth0 and nvme0n1");
        assertThat(problemOf(Placement.offer(
                                many(),
                                Holdings.NONE,
                                claim(CpuClaim.Whole.of(1).near("eth0"), "1GiB")))
                        .detail())
                .isEqualTo("this host does not tell which node 'eth0' is on");
    }

    @Test
    void refusesIdsThatContradictTheCache() {
        CpuClaim.Whole ids = new CpuClaim.Whole(2, Threads.WHOLE_CORE, Optional.empty(), Optional.of(CpuSet.of(3, 4)));

        assertThat(problemOf(Placement.offer(many(), Holdings.NONE, claim(ids.inOneCache(), "1GiB")))
                        .detail())
                .isEqualTo("CPUs 3-4 have more than one last-level cache");
    }

    @Test
    void namesTheFewestWhoseReleaseMakesRoomAndNobodyWhoIsElsewhere() {
        Holdings holdings = holdings(
                held("a", "0-1"),
                held("b", "2"),
                held("c", "3"),
                held("d", "4-5"),
                held("e", "6-7"),
                held("f", "8-15"));
        CpuClaim.Whole onNode0 = new CpuClaim.Whole(4, Threads.WHOLE_CORE, Optional.of(0), Optional.empty());

        Problem problem = problemOf(Placement.offer(many(), holdings, claim(onNode0, "1GiB")));

        assertThat(problem.remedy()).get().asString().startsWith("release d and e");
    }

    // ---- refusals of whole CPUs

    @Test
    void saysWhoHoldsTheCoresAndWhatWouldMakeRoom() {
        Problem problem = problemOf(Placement.offer(flat(2), pool("0"), holdings(held("critical", "1")), whole(1)));

        assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENOUGH_RESOURCES);
        assertThat(problem.detail())
                .isEqualTo("needs 1 whole core; 0 are free, 1 is held by critical, 1 by the host's pool");
        assertThat(problem.holders()).containsExactly("critical: CPU 1", "host: CPU 0 (pool)");
        assertThat(problem.remedy()).contains("release critical");
    }

    @Test
    void namesTheSmallestSetOfPartitionsThatWouldMakeRoom() {
        Holdings holdings = holdings(held("a", "1"), held("b", "2-3"), held("c", "4"));

        Problem one = problemOf(Placement.offer(flat(5), pool("0"), holdings, whole(2)));
        Problem two = problemOf(Placement.offer(flat(5), pool("0"), holdings, whole(3)));

        assertThat(one.remedy()).contains("release b");
        assertThat(two.remedy()).contains("release b and c");
    }

    @Test
    void saysWhatTheHostCouldEverGiveWhereReleasingAllIsNotEnough() {
        Problem problem = problemOf(Placement.offer(flat(3), pool("0"), holdings(held("a", "1")), whole(3)));

        assertThat(problem.remedy())
                .contains("ask for at most 1 CPU; 2 CPUs is all that this host has for partitions; "
                        + "its own share is set in bulkhead.conf");
    }

    @Test
    void refusesACountThatIsNotWholeCoresAndNamesBothWaysOut() {
        Problem problem = problemOf(Placement.offer(smt(), pool("0,8"), Holdings.NONE, whole(3)));

        assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE);
        assertThat(problem.detail()).isEqualTo("3 CPUs cannot be made of whole cores: a core has 2 threads here");
        assertThat(problem.remedy())
                .contains("ask for 2 or 4 CPUs, or set 'threads: any' to share a core with other owners");
    }

    @Test
    void refusesIdsThatWouldTearACore() {
        Problem problem =
                problemOf(Placement.offer(smt(), pool("0,8"), Holdings.NONE, ids("2-3,10", Threads.WHOLE_CORE)));

        assertThat(problem.detail()).isEqualTo("CPUs 2-3,10 would leave CPU 11 of the same core to others");
        assertThat(problem.remedy())
                .contains("ask for the ids 2-3,10-11, or set 'threads: any' to share cores with other owners");
    }

    @Test
    void refusesIdsOfThePoolAndOfOthersByName() {
        Problem problem = problemOf(
                Placement.offer(flat(4), pool("0"), holdings(held("a", "2")), ids("0,2-3", Threads.WHOLE_CORE)));

        assertThat(problem.detail())
                .isEqualTo("needs CPUs 0,2-3; CPU 2 is held by a, CPU 0 belongs to the host's pool");
    }

    @Test
    void refusesIdsThatAreNotOnline() {
        Problem problem = problemOf(Placement.offer(flat(2), pool("0"), Holdings.NONE, ids("1,7", Threads.ANY)));

        assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE);
        assertThat(problem.detail()).isEqualTo("CPU 7 is not online; online are 0-1");
    }

    @Test
    void refusesANodeThatIsNotThere() {
        var claim = new CpuClaim.Whole(2, Threads.WHOLE_CORE, Optional.of(5), Optional.empty());

        Problem problem = problemOf(Placement.offer(smt(), pool("0,8"), Holdings.NONE, claim(claim, "1GiB")));

        assertThat(problem.detail()).isEqualTo("there is no node 5; the nodes of this host are 0-1");
    }

    @Test
    void refusesANodeThatIsFullAndNamesItsHolders() {
        var claim = new CpuClaim.Whole(4, Threads.WHOLE_CORE, Optional.of(1), Optional.empty());

        Problem problem =
                problemOf(Placement.offer(smt(), pool("0,8"), holdings(held("a", "4-6,12-14")), claim(claim, "1GiB")));

        assertThat(problem.detail())
                .isEqualTo("needs 2 whole cores (4 CPUs) on node 1; 1 is free, 3 are held by a, 0 by the host's pool");
        assertThat(problem.remedy()).contains("release a, or ask for at most 2 CPUs");
    }

    // ---- parts of a CPU

    @Test
    void givesThePoolUpToWhatTheHostLeaves() {
        Holdings holdings = holdings(part("a", 250));

        assertThat(sliceOf(Placement.offer(flat(2), pool("0"), holdings, part(250)))
                        .cpus())
                .isEqualTo(new CpuSlice.Part(new CpuMillis(250)));
        assertThat(problemOf(Placement.offer(flat(2), pool("0"), holdings, part(251)))
                        .detail())
                .isEqualTo("needs 0.251 CPU of the pool; 0.25 is free, 0.25 is held by a, 0.5 by the host");
    }

    @Test
    void takesMemoryOfAPartFromTheNodesOfThePool() {
        assertThat(sliceOf(Placement.offer(smt(), pool("4,12"), Holdings.NONE, part(100)))
                        .memoryNodes())
                .isEqualTo(NodeSet.of(1));
    }

    // ---- memory

    @Test
    void refusesMemoryBeyondTheRamAndSaysWhoHasIt() {
        Problem problem = problemOf(
                Placement.offer(flat(4), pool("0"), holdings(held("a", "1")), claim(CpuClaim.Whole.of(1), "7GiB")));

        assertThat(problem.detail())
                .isEqualTo("needs 7GiB of memory; 6GiB is free, 1GiB is held by a, 1GiB by the host");
        assertThat(problem.remedy()).contains("release a, or ask for at most 6GiB of memory");
    }

    @Test
    void goesToTheNodeThatHasTheMemoryToo() {
        Holdings holdings = holdings(part("a", 10, "15GiB", 0));

        assertThat(sliceOf(Placement.offer(many(), holdings, claim(CpuClaim.Whole.of(2), "2GiB")))
                        .memoryNodes())
                .isEqualTo(NodeSet.of(1));
    }

    @Test
    void spreadsMemoryOverNodesWhereOneIsTooSmallAndSaysHow() {
        Decision decision = Placement.offer(many(), Holdings.NONE, claim(CpuClaim.Whole.of(2), "18GiB"));

        assertThat(sliceOf(decision).memoryNodes()).isEqualTo(NodeSet.of(0, 1));
        assertThat(offerOf(decision).memory())
                .containsExactly(new NodeBytes(0, ByteSize.parse("15GiB")), new NodeBytes(1, ByteSize.parse("3GiB")));
        assertThat(offerOf(decision).why())
                .contains("memory from nodes 0-1, as node 0 has no room for it: 15GiB of node 0 and 3GiB of node 1");
    }

    @Test
    void refusesMemoryOfANodeThatIsShortAlthoughTheMachineIsNot() {
        CpuClaim.Whole onNode0 = new CpuClaim.Whole(2, Threads.WHOLE_CORE, Optional.of(0), Optional.empty());

        Problem problem =
                problemOf(Placement.offer(many(), holdings(part("a", 10, "6GiB", 0)), claim(onNode0, "12GiB")));

        assertThat(problem.detail())
                .isEqualTo("needs 12GiB of memory on node 0; 9GiB is free, 6GiB is held by a, 1GiB by the host;"
                        + " 25GiB is free on all nodes together");
        assertThat(problem.remedy()).contains("release a, or ask for at most 9GiB of memory");
    }

    @Test
    void putsTheHostsOwnMemoryOnTheNodesOfItsPoolFirst() {
        NodeShares shares = NodeShares.of(many(), holdings(part("a", 10, "16GiB", 0, 1)));

        assertThat(shares.host()).containsExactly(new NodeBytes(0, GIBIBYTE), new NodeBytes(1, ByteSize.ZERO));
        assertThat(shares.partitions().get(name("a")))
                .containsExactly(new NodeBytes(0, ByteSize.parse("15GiB")), new NodeBytes(1, GIBIBYTE));
        assertThat(shares.free())
                .containsExactly(new NodeBytes(0, ByteSize.ZERO), new NodeBytes(1, ByteSize.parse("15GiB")));
    }

    // ---- block I/O

    @Test
    void holdsBoundsAgainstWhatTheDiskIsStatedToDo() {
        Machine machine = disk("100MiB/s");
        Holding first = new Holding(
                name("a"),
                new Slice(new CpuSlice.Whole(CpuSet.of(1)), NodeSet.of(0), GIBIBYTE, 512, reading("70MiB/s")),
                true);

        assertThat(Placement.offer(machine, holdings(first), bounded("30MiB/s")))
                .isInstanceOf(Decision.Offer.class);
        Problem problem = problemOf(Placement.offer(machine, holdings(first), bounded("31MiB/s")));
        assertThat(problem.detail())
                .isEqualTo("needs 31MiB/s of reading; 30MiB/s is free, 70MiB/s is held by a;"
                        + " the disk is stated to do 100MiB/s");
        assertThat(problem.remedy()).contains("release a, or ask for at most 30MiB/s of reading");
    }

    @Test
    void saysWhatIsNotHeldAgainstAnything() {
        assertThat(offerOf(Placement.offer(many(), Holdings.NONE, bounded("30MiB/s")))
                        .remarks())
                .containsExactly("the bound on reading is held, but nobody states what the disk can do"
                        + " (host.disk_* in bulkhead.conf): it is not counted against anything");
        assertThat(offerOf(Placement.offer(disk("100MiB/s"), Holdings.NONE, claim(CpuClaim.Whole.of(1), "1GiB")))
                        .remarks())
                .containsExactly("reading is not bounded, and not counted against what the disk is stated to do");
    }

    @Test
    void tellsEverythingThatIsShortAtOnce() {
        Problem problem = problemOf(
                Placement.offer(flat(2), pool("0"), holdings(held("a", "1")), claim(CpuClaim.Whole.of(1), "7GiB")));

        assertThat(problem.detail()).contains("needs 1 whole core").contains("; and needs 7GiB of memory");
        assertThat(problem.holders()).hasSize(4);
    }

    // ---- the machines and claims of these tests

    /** Two nodes of 16 GiB with two caches of four cores each; the disk is on node 1, nobody tells where the network is. */
    private static Machine many() {
        return machine(IoCapacity.UNSTATED);
    }

    private static Machine disk(String reading) {
        return machine(new IoCapacity(
                Optional.of(ByteRate.parse(reading)), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    private static Machine machine(IoCapacity capacity) {
        Topology topology = new Topology(
                IntStream.range(0, 17)
                        .mapToObj(id -> new Topology.Cpu(
                                id, 0, 0, id, id == 16 ? 0 : id / 8, id == 16 ? 9 : id / 4, CoreType.UNIFORM))
                        .toList(),
                List.of(
                        new Topology.Node(0, ByteSize.parse("16GiB"), List.of(10, 21)),
                        new Topology.Node(1, ByteSize.parse("16GiB"), List.of(21, 10))));
        return new Machine(
                topology,
                pool("16"),
                List.of(
                        new Device(Device.Kind.DISK, "nvme0n1", Optional.of(1)),
                        new Device(Device.Kind.NETWORK_INTERFACE, "eth0", Optional.empty())),
                Capacity.of(capacity));
    }

    private static IoSlice reading(String rate) {
        return new IoSlice(Limit.of(ByteRate.parse(rate)), Limit.unlimited(), Limit.unlimited(), Limit.unlimited());
    }

    private static Claim bounded(String rate) {
        return new Claim(CpuClaim.Whole.of(1), GIBIBYTE, 512, reading(rate));
    }

    private Topology smt() {
        return new InventoryReader(SysTree.twoSocketTwoNodeSmtEightCore(root).root()).read();
    }

    private static Topology flat(int cpus) {
        return new Topology(
                IntStream.range(0, cpus)
                        .mapToObj(id -> new Topology.Cpu(id, 0, id, 0))
                        .toList(),
                List.of(new Topology.Node(0, ByteSize.parse("8GiB"))));
    }

    private static HostReserve pool(String cpus) {
        return new HostReserve(CpuSet.parse(cpus), new CpuMillis(500), GIBIBYTE);
    }

    private static Claim whole(int count) {
        return claim(CpuClaim.Whole.of(count), "1GiB");
    }

    private static Claim threads(int count) {
        return claim(new CpuClaim.Whole(count, Threads.ANY, Optional.empty(), Optional.empty()), "1GiB");
    }

    private static Claim ids(String ids, Threads threads) {
        CpuSet set = CpuSet.parse(ids);
        return claim(new CpuClaim.Whole(set.size(), threads, Optional.empty(), Optional.of(set)), "1GiB");
    }

    private static Claim part(long millis) {
        return claim(new CpuClaim.Part(new CpuMillis(millis)), "1GiB");
    }

    private static Claim claim(CpuClaim cpus, String memory) {
        return new Claim(cpus, ByteSize.parse(memory), 512, IoSlice.UNLIMITED);
    }

    private static Holdings holdings(Holding... holdings) {
        return new Holdings(Arrays.asList(holdings));
    }

    private static Holding held(String owner, String cpus) {
        return new Holding(name(owner), slice(CpuSet.parse(cpus)), true);
    }

    private static Holding part(String owner, long millis) {
        CpuSlice cpus = new CpuSlice.Part(new CpuMillis(millis));
        return new Holding(name(owner), new Slice(cpus, NodeSet.of(0), GIBIBYTE, 512, IoSlice.UNLIMITED), false);
    }

    private static Holding part(String owner, long millis, String memory, int... nodes) {
        CpuSlice cpus = new CpuSlice.Part(new CpuMillis(millis));
        return new Holding(
                name(owner), new Slice(cpus, NodeSet.of(nodes), ByteSize.parse(memory), 512, IoSlice.UNLIMITED), false);
    }

    private static Slice slice(CpuSet cpus) {
        return new Slice(new CpuSlice.Whole(cpus), NodeSet.of(0), GIBIBYTE, 512, IoSlice.UNLIMITED);
    }

    private static PartitionName name(String name) {
        return new PartitionName(name);
    }

    private static Decision.Offer offerOf(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Offer.class);
        return (Decision.Offer) decision;
    }

    private static Slice sliceOf(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Offer.class);
        return ((Decision.Offer) decision).slice();
    }

    private static CpuSet cpusOf(Decision decision) {
        return ((CpuSlice.Whole) sliceOf(decision).cpus()).cpus();
    }

    private static Problem problemOf(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        return ((Decision.Refused) decision).problem();
    }
}
