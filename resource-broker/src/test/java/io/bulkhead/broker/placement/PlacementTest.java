package io.bulkhead.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.inventory.InventoryReader;
import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.broker.testing.SysTree;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuClaim.Threads;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
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

        assertThat(cpusOf(decision)).isEqualTo(CpuSet.parse("1-5,9-13"));
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
    void tellsEverythingThatIsShortAtOnce() {
        Problem problem = problemOf(
                Placement.offer(flat(2), pool("0"), holdings(held("a", "1")), claim(CpuClaim.Whole.of(1), "7GiB")));

        assertThat(problem.detail()).contains("needs 1 whole core").contains("; and needs 7GiB of memory");
        assertThat(problem.holders()).hasSize(4);
    }

    // ---- the machines and claims of these tests

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

    private static Slice slice(CpuSet cpus) {
        return new Slice(new CpuSlice.Whole(cpus), NodeSet.of(0), GIBIBYTE, 512, IoSlice.UNLIMITED);
    }

    private static PartitionName name(String name) {
        return new PartitionName(name);
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
