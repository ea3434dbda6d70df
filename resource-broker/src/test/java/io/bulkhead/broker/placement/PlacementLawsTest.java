package io.bulkhead.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology.Core;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.ShrinkingMode;

/** What holds for every machine and every sequence of claims and releases; each failure names its seed. */
class PlacementLawsTest {
    private static final int TRIES = 10_000;

    /** A machine after some have come and some have gone. */
    private static final class History {
        private final Cases cases;
        private final Machine machine;
        private final Map<PartitionName, Claim> claims = new LinkedHashMap<>();
        private Holdings holdings = Holdings.NONE;

        History(long seed) {
            cases = new Cases(seed, 8);
            machine = cases.machine();
            int steps = 1 + cases.below(8);
            for (int i = 0; i < steps; i++) {
                step(i);
            }
        }

        private void step(int number) {
            if (cases.below(4) == 0 && !holdings.all().isEmpty()) {
                int which = cases.below(holdings.all().size());
                holdings = holdings.without(Set.of(holdings.all().get(which).owner()));
                return;
            }
            Claim claim = cases.claim();
            if (Placement.offer(machine, holdings, claim) instanceof Decision.Offer offer) {
                PartitionName name = new PartitionName("p" + number);
                claims.put(name, claim);
                holdings = holdings.with(Holding.of(name, offer.slice(), claim));
            }
        }
    }

    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void hostGrantsAndFreeAddUpToTheMachinePerThreadNodeAndByte(@ForAll("seeds") long seed) {
        History history = new History(seed);

        Laws.assertConserved(history.machine, history.holdings);
    }

    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void aCoreThatIsHeldWholeHasOneOwner(@ForAll("seeds") long seed) {
        History history = new History(seed);

        Laws.assertOneOwner(history.machine, history.holdings);
    }

    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void anOfferIsWhatWasClaimed(@ForAll("seeds") long seed) {
        History history = new History(seed);

        for (Holding holding : history.holdings.all()) {
            Claim claim = history.claims.get(holding.owner());
            Slice slice = holding.slice();
            assertThat(slice.memory()).isEqualTo(claim.memory());
            assertThat(slice.tasks()).isEqualTo(claim.tasks());
            assertThat(slice.io()).isEqualTo(claim.io());
            assertThat(history.machine.topology().allNodes().containsAll(slice.memoryNodes()))
                    .isTrue();
            if (claim.cpus() instanceof CpuClaim.Whole whole) {
                assertIsAsClaimed(history.machine, whole, slice);
            } else {
                assertThat(slice.cpus()).isEqualTo(new CpuSlice.Part(((CpuClaim.Part) claim.cpus()).amount()));
            }
        }
    }

    private static void assertIsAsClaimed(Machine machine, CpuClaim.Whole claim, Slice slice) {
        CpuSlice.Whole given = (CpuSlice.Whole) slice.cpus();
        List<Core> cores = machine.topology().cores().stream()
                .filter(core -> core.threads().intersects(given.cpus()))
                .toList();
        assertThat(given.cpus().size()).isEqualTo(claim.count());
        claim.ids().ifPresent(ids -> assertThat(given.cpus()).isEqualTo(ids));
        claim.node().ifPresent(node -> {
            assertThat(cores).allMatch(core -> core.nodeId() == node);
            assertThat(slice.memoryNodes()).isEqualTo(NodeSet.of(node));
        });
        if (claim.oneCache()) {
            assertThat(cores.stream().map(Core::cacheId).distinct()).hasSize(1);
        }
        claim.coreType().ifPresent(type -> assertThat(cores).allMatch(core -> core.coreType() == type));
        if (claim.ids().isEmpty()) {
            assertThat(cores.stream().map(Core::coreType).distinct()).hasSize(1);
        }
    }

    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void theSameQuestionHasTheSameAnswer(@ForAll("seeds") long seed) {
        History history = new History(seed);
        Claim claim = history.cases.claim();

        assertThat(Placement.offer(history.machine, history.holdings, claim))
                .isEqualTo(Placement.offer(history.machine, history.holdings, claim));
    }

    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void releasingWhatARefusalNamesMakesRoomAndNobodyIsNamedInVain(@ForAll("seeds") long seed) {
        History history = new History(seed);
        Claim claim = history.cases.claim();
        Decision decision = Placement.offer(history.machine, history.holdings, claim);

        if (decision instanceof Decision.Refused refused
                && refused.problem().code() == ProblemCode.NOT_ENOUGH_RESOURCES) {
            Set<PartitionName> deleted = named("delete ", refused.problem(), history.holdings);
            Set<PartitionName> named =
                    deleted.isEmpty() ? named("release ", refused.problem(), history.holdings) : deleted;
            Function<Set<PartitionName>, Holdings> without =
                    deleted.isEmpty() ? history.holdings::released : history.holdings::without;
            assertThat(fits(history, without.apply(named), claim))
                    .isEqualTo(fits(history, history.holdings.without(everybody(history.holdings)), claim));
            for (PartitionName one : named) {
                Set<PartitionName> fewer =
                        named.stream().filter(each -> !each.equals(one)).collect(Collectors.toSet());
                assertThat(fits(history, without.apply(fewer), claim)).isFalse();
            }
        }
    }

    private static boolean fits(History history, Holdings left, Claim claim) {
        return Placement.offer(history.machine, left, claim) instanceof Decision.Offer;
    }

    private static Set<PartitionName> everybody(Holdings holdings) {
        Set<PartitionName> all = holdings.all().stream().map(Holding::owner).collect(Collectors.toSet());
        all.addAll(holdings.kept().keySet());
        return all;
    }

    private static Set<PartitionName> named(String verb, Problem problem, Holdings holdings) {
        String remedy = problem.remedy().orElse("");
        if (!remedy.startsWith(verb)) {
            return Set.of();
        }
        List<String> words = List.of(remedy.split("[ ,;]+"));
        return everybody(holdings).stream()
                .filter(owner -> words.contains(owner.value()))
                .collect(Collectors.toSet());
    }

    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void applyingADefinitionAgainMovesNothing(@ForAll("seeds") long seed) {
        History history = new History(seed);

        for (Holding holding : history.holdings.all()) {
            Holdings others = history.holdings.without(Set.of(holding.owner()));
            Claim claim = history.claims.get(holding.owner());
            assertThat(Placement.offer(history.machine, others, claim, holding.slice()))
                    .isInstanceOfSatisfying(Decision.Offer.class, offer -> assertThat(offer.slice())
                            .isEqualTo(holding.slice()));
        }
    }

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.longs().withDistribution(RandomDistribution.uniform());
    }
}
