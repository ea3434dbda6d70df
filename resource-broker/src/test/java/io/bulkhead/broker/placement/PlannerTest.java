package io.bulkhead.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.broker.placement.SetPlan.Method;
import io.bulkhead.broker.placement.SetPlan.Move;
import io.bulkhead.broker.solver.ChocoSearch;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two nodes of 8 GiB with two caches of four cores each; CPU 16 on a node of its own is the host's. */
class PlannerTest {
    private static final Machine MACHINE = machine(16, 8, 4);

    // ---- one after another, or searched

    @Test
    void placesTheLargestFirstSoThatItStaysOnOneNode() {
        SetPlan plan = plan(Holdings.NONE, wish("small", whole(2)), wish("large", whole(8)));

        assertThat(plan.fits()).isTrue();
        assertThat(plan.method()).isEqualTo(Method.GREEDY);
        assertThat(cpus(plan, "large")).isEqualTo(CpuSet.parse("0-7"));
        assertThat(cpus(plan, "small")).isEqualTo(CpuSet.parse("8-9"));
    }

    @Test
    void searchesWhereOneAfterAnotherLeavesSomebodyOut() {
        // Given sizes of which the fullest-first order makes 4+3 and leaves no four in a cache of seven
        Machine machine = machine(14, 14, 7);

        SetPlan plan = plan(machine, Holdings.NONE, List.of(), packs(4, 3, 3, 2, 2));

        assertThat(plan.fits()).isTrue();
        assertThat(IntStream.range(0, 5).map(i -> cpus(plan, "p" + i).size()).sum())
                .isEqualTo(14);
    }

    @Test
    void findsAPlaceForEverySetThatWasCutOutOfAMachineOfTwoTimes64Cores() {
        for (int perCache : List.of(8, 16, 64)) {
            for (int seed = 0; seed < 5; seed++) {
                List<Wish> wishes = cutOut(new Random(seed), 128, perCache, 64);

                SetPlan plan = plan(machine(128, 64, perCache), Holdings.NONE, List.of(), wishes);

                assertThat(plan.fits())
                        .as("caches of %d, seed %d", perCache, seed)
                        .isTrue();
            }
        }
    }

    @Test
    void findsThePackingThatFillingTheFullestFirstMisses() {
        // Given three of each size that fill caches of 16 to the last core: large ones first leave gaps
        List<Wish> wishes = new ArrayList<>();
        Random random = new Random(7);
        for (int cache = 0; cache < 8; cache++) {
            int first = 4 + random.nextInt(3);
            int second = 4 + random.nextInt(3);
            for (int size : List.of(first, second, 16 - first - second)) {
                wishes.add(wish("p" + wishes.size(), whole(size).inOneCache()));
            }
        }

        SetPlan plan = plan(machine(128, 64, 16), Holdings.NONE, List.of(), wishes);

        assertThat(plan.fits()).isTrue();
        assertThat(plan.method()).isEqualTo(Method.EXACT);
    }

    @Test
    void provesThatThereIsNoPlace() {
        SetPlan plan = plan(MACHINE, Holdings.NONE, List.of(), packs(3, 3, 3, 3, 3));

        assertThat(plan.fits()).isFalse();
        assertThat(plan.method()).isEqualTo(Method.EXACT);
        assertThat(plan.decisions().values().stream().filter(Decision.Offer.class::isInstance))
                .hasSize(4);
        assertThat(problem(plan, "p4").detail())
                .isEqualTo(
                        "needs 3 whole cores in one last-level cache; 4 are free, 3 are held by p0, 3 by p1, 3 by p2,"
                                + " 3 by p3, 1 by the host's pool; the most that is free in one last-level cache is 1 CPU (cache 0)");
    }

    @Test
    void saysWhenNothingIsProven() {
        SetPlan plan = Planner.plan(MACHINE, Holdings.NONE, packs(3, 3, 3, 3, 3), List.of(), ExactSearch.NONE);

        assertThat(plan.fits()).isFalse();
        assertThat(plan.method()).isEqualTo(Method.NOT_PROVEN);
        assertThat(problem(plan, "p4").detail())
                .endsWith("that no place exists for the whole set is not proven: the time was over");
    }

    @Test
    void doesNotSearchForWhatASumForbids() {
        ExactSearch unasked = question -> {
            throw new AssertionError("nothing was to be searched");
        };
        Claim much = new Claim(whole(1), ByteSize.parse("20GiB"), 64, IoSlice.UNLIMITED);

        SetPlan plan = Planner.plan(
                MACHINE,
                Holdings.NONE,
                List.of(new Wish(name("a"), much), new Wish(name("b"), much)),
                List.of(),
                unasked);

        assertThat(plan.method()).isEqualTo(Method.EXACT);
        assertThat(problem(plan, "b").detail()).startsWith("needs 20GiB of memory; ");
    }

    @Test
    void refusesByItselfWhatTheMachineNeverCan() {
        SetPlan plan = plan(Holdings.NONE, wish("a", whole(5).inOneCache()), wish("b", whole(2)));

        assertThat(plan.fits()).isFalse();
        assertThat(problem(plan, "a").detail())
                .isEqualTo("5 CPUs have no last-level cache in common: the largest has 4 CPUs");
        assertThat(plan.of(name("b"))).get().isInstanceOf(Decision.Offer.class);
    }

    // ---- those that hold something already

    @Test
    void leavesWhereItIsWhatStillDoes() {
        Holdings holdings = holdings(held("a", "9"), held("b", "2"));

        SetPlan plan = plan(holdings, wish("a", whole(1)), wish("c", whole(4)));

        assertThat(cpus(plan, "a")).isEqualTo(CpuSet.of(9));
        assertThat(cpus(plan, "c")).isEqualTo(CpuSet.parse("4-7"));
    }

    @Test
    void movesOneOfTheSetOnlyWhereNothingElseHelps() {
        // Given a on cache 0 and b on cache 1 of the only node with room, and a third that needs a whole cache
        Holdings holdings = holdings(held("a", "0"), held("b", "4"), held("other", "8-15"));

        SetPlan plan = plan(holdings, wish("a", whole(1)), wish("b", whole(1)), wish("c", whole(4).inOneCache()));

        assertThat(plan.fits()).isTrue();
        assertThat(plan.method()).isEqualTo(Method.EXACT);
        boolean stayed = cpus(plan, "a").equals(CpuSet.of(0)) ^ cpus(plan, "b").equals(CpuSet.of(4));
        assertThat(stayed).as("exactly one of a and b moves").isTrue();
    }

    // ---- proposals

    @Test
    void proposesTheFewestMovesAndRatherOfStoppedPartitions() {
        // Given one CPU held in each of the four caches
        Holdings holdings = holdings(held("a", "0"), held("b", "4"), held("c", "8"), held("d", "12"));
        List<Tenant> tenants =
                List.of(tenant("a", 1, true), tenant("b", 1, true), tenant("c", 1, false), tenant("d", 1, true));

        SetPlan plan = plan(MACHINE, holdings, tenants, List.of(wish("new", whole(4).inOneCache())));

        assertThat(plan.fits()).isFalse();
        assertThat(plan.proposals()).hasSize(1);
        assertThat(plan.proposals().get(0).fewest()).isTrue();
        Move move = plan.proposals().get(0).moves().get(0);
        assertThat(move.name()).isEqualTo(name("c"));
        assertThat(move.running()).isFalse();
        assertThat(((CpuSlice.Whole) move.to().cpus()).cpus().intersects(CpuSet.parse("8-11")))
                .isFalse();
    }

    @Test
    void proposesAnotherWayThatStopsNobodyWhereThereIsOne() {
        // Given a cache that one running partition divides and another that two stopped ones do
        Holdings holdings = holdings(held("a", "0"), held("b", "4"), held("c", "5"), held("d", "8-15"));
        List<Tenant> tenants =
                List.of(tenant("a", 1, true), tenant("b", 1, false), tenant("c", 1, false), tenant("d", 8, true));

        SetPlan plan = plan(MACHINE, holdings, tenants, List.of(wish("new", whole(4).inOneCache())));

        assertThat(plan.proposals()).hasSize(2);
        assertThat(plan.proposals().get(0).moves()).extracting(Move::name).containsExactly(name("a"));
        assertThat(plan.proposals().get(1).moves()).extracting(Move::name).containsExactly(name("b"), name("c"));
    }

    @Test
    void proposesMovesForMemoryOfANode() {
        Holding onNode0 = new Holding(name("a"), slice("0", "6GiB", 0), true);
        Claim asked = new Claim(whole(1), ByteSize.parse("6GiB"), 64, IoSlice.UNLIMITED);
        CpuClaim.Whole pinned = new CpuClaim.Whole(1, CpuClaim.Threads.WHOLE_CORE, Optional.of(0), Optional.empty());

        SetPlan plan = plan(
                MACHINE,
                holdings(onNode0),
                List.of(new Tenant(name("a"), asked, false)),
                List.of(new Wish(name("new"), new Claim(pinned, ByteSize.parse("4GiB"), 64, IoSlice.UNLIMITED))));

        assertThat(problem(plan, "new").detail())
                .isEqualTo("needs 4GiB of memory on node 0; 2GiB is free, 6GiB is held by a, 0B by the host;"
                        + " 18GiB is free on all nodes together");
        assertThat(plan.proposals().get(0).moves().get(0).to().memoryNodes()).isEqualTo(NodeSet.of(1));
    }

    @Test
    void proposesNothingWhereMovingCannotHelp() {
        SetPlan plan = plan(
                MACHINE, holdings(held("a", "0-7")), List.of(tenant("a", 8, false)), List.of(wish("new", whole(12))));

        assertThat(plan.fits()).isFalse();
        assertThat(plan.proposals()).isEmpty();
    }

    // ---- fragmentation

    @Test
    void tellsTheLargestClaimsThatWouldFitBesideAllThatIsFree() {
        Fragmentation room = Fragmentation.of(MACHINE, holdings(held("a", "0"), held("b", "4"), held("c", "8-13")));

        assertThat(room.freeCpus()).isEqualTo(8);
        assertThat(room.largestOnOneNode()).isEqualTo(6);
        assertThat(room.largestInOneCache()).isEqualTo(3);
        assertThat(room.nodes().get(1).freeCores()).isEqualTo(2);
        assertThat(room.nodes().get(1).caches())
                .containsExactly(new Fragmentation.CacheRoom(2, 0, 0), new Fragmentation.CacheRoom(3, 2, 2));
    }

    // ---- the machines and claims of these tests

    private static Machine machine(int cores, int perNode, int perCache) {
        List<Topology.Cpu> cpus = new ArrayList<>();
        for (int core = 0; core < cores; core++) {
            cpus.add(new Topology.Cpu(core, 0, 0, core, core / perNode, core / perCache, CoreType.UNIFORM));
        }
        int nodes = cores / perNode;
        cpus.add(new Topology.Cpu(cores, 0, 0, cores, nodes, cores / perCache, CoreType.UNIFORM));
        return new Machine(
                new Topology(
                        cpus,
                        IntStream.rangeClosed(0, nodes)
                                .mapToObj(id -> new Topology.Node(id, ByteSize.parse("8GiB")))
                                .toList()),
                new HostReserve(CpuSet.of(cores), new CpuMillis(500), ByteSize.parse("0B")));
    }

    private static List<Wish> packs(int... sizes) {
        return IntStream.range(0, sizes.length)
                .mapToObj(i -> wish("p" + i, whole(sizes[i]).inOneCache()))
                .toList();
    }

    /** So many claims on one cache each that fill a machine to the last core. */
    private static List<Wish> cutOut(Random random, int cores, int perCache, int count) {
        int caches = cores / perCache;
        List<Integer> sizes = new ArrayList<>();
        for (int cache = 0; cache < caches; cache++) {
            List<Integer> ofCache = new ArrayList<>(Collections.nCopies(count / caches, 1));
            for (int left = perCache - count / caches; left > 0; left--) {
                int which = random.nextInt(ofCache.size());
                ofCache.set(which, ofCache.get(which) + 1);
            }
            sizes.addAll(ofCache);
        }
        Collections.shuffle(sizes, random);
        return IntStream.range(0, sizes.size())
                .mapToObj(i -> wish("p" + i, whole(sizes.get(i)).inOneCache()))
                .toList();
    }

    private static SetPlan plan(Holdings holdings, Wish... wishes) {
        return plan(MACHINE, holdings, List.of(), Arrays.asList(wishes));
    }

    private static SetPlan plan(Machine machine, Holdings holdings, List<Tenant> tenants, List<Wish> wishes) {
        return Planner.plan(machine, holdings, wishes, tenants, new ChocoSearch(Duration.ofSeconds(30)));
    }

    private static CpuClaim.Whole whole(int count) {
        return CpuClaim.Whole.of(count);
    }

    private static Wish wish(String name, CpuClaim cpus) {
        return new Wish(name(name), claim(cpus));
    }

    private static Claim claim(CpuClaim cpus) {
        return new Claim(cpus, ByteSize.ofMebibytes(64), 64, IoSlice.UNLIMITED);
    }

    private static Tenant tenant(String name, int cpus, boolean running) {
        return new Tenant(name(name), claim(whole(cpus)), running);
    }

    private static Holdings holdings(Holding... holdings) {
        return new Holdings(Arrays.asList(holdings));
    }

    private static Holding held(String owner, String cpus) {
        return new Holding(name(owner), slice(cpus, "64MiB", 0), true);
    }

    private static Slice slice(String cpus, String memory, int node) {
        return new Slice(
                new CpuSlice.Whole(CpuSet.parse(cpus)),
                NodeSet.of(node),
                ByteSize.parse(memory),
                64,
                IoSlice.UNLIMITED);
    }

    private static PartitionName name(String name) {
        return new PartitionName(name);
    }

    private static CpuSet cpus(SetPlan plan, String name) {
        Decision decision = plan.of(name(name)).orElseThrow();
        assertThat(decision).isInstanceOf(Decision.Offer.class);
        return ((CpuSlice.Whole) ((Decision.Offer) decision).slice().cpus()).cpus();
    }

    private static Problem problem(SetPlan plan, String name) {
        Decision decision = plan.of(name(name)).orElseThrow();
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        return ((Decision.Refused) decision).problem();
    }
}
