package io.bulkhead.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.broker.solver.ChocoSearch;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.PartitionName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.ShrinkingMode;

/** What holds for every set of claims on every small machine; each failure names its seed. */
class PlannerLawsTest {
    private static final Duration ENOUGH = Duration.ofSeconds(20);

    @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void aPlaceIsFoundWheneverTryingEverythingFindsOne(@ForAll("seeds") long seed) {
        Cases cases = new Cases(seed, 6);
        Machine machine = cases.machine();
        List<Claim> claims = cases.claims(4);

        SetPlan plan = plan(machine, claims);

        assertThat(plan.method()).as("seed %d", seed).isNotEqualTo(SetPlan.Method.NOT_PROVEN);
        assertThat(plan.fits()).as("seed %d", seed).isEqualTo(new BruteForce(machine).fits(claims));
        if (plan.fits()) {
            Laws.assertConserved(machine, held(claims, plan));
        }
    }

    @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void theSameSetHasTheSamePlan(@ForAll("seeds") long seed) {
        Cases cases = new Cases(seed, 6);
        Machine machine = cases.machine();
        List<Claim> claims = cases.claims(4);

        assertThat(plan(machine, claims)).as("seed %d", seed).isEqualTo(plan(machine, claims));
    }

    @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void aPlaceIsFoundAlsoWhereThatMovesSomeOfTheSet(@ForAll("seeds") long seed) {
        Cases cases = new Cases(seed, 6);
        Machine machine = cases.machine();
        List<Claim> claims = new ArrayList<>();
        Holdings holdings = Holdings.NONE;
        for (Claim claim : cases.claims(3)) {
            if (Placement.offer(machine, holdings, claim) instanceof Decision.Offer offer) {
                holdings = holdings.with(Holding.of(new PartitionName("p" + claims.size()), offer.slice(), claim));
                claims.add(claim);
            }
        }
        claims.addAll(cases.claims(2));

        SetPlan plan = Planner.plan(machine, holdings, wishes(claims), List.of(), new ChocoSearch(ENOUGH));

        assertThat(plan.fits()).as("seed %d", seed).isEqualTo(new BruteForce(machine).fits(claims));
        if (plan.fits()) {
            Laws.assertConserved(machine, held(claims, plan));
        }
    }

    @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void whatIsProposedMakesTheSetFit(@ForAll("seeds") long seed) {
        Cases cases = new Cases(seed, 6);
        Machine machine = cases.machine();
        Holdings holdings = Holdings.NONE;
        List<Tenant> tenants = new ArrayList<>();
        for (Claim claim : cases.claims(5)) {
            if (Placement.offer(machine, holdings, claim) instanceof Decision.Offer offer && cases.below(3) > 0) {
                PartitionName name = new PartitionName("t" + tenants.size());
                holdings = holdings.with(Holding.of(name, offer.slice(), claim));
                tenants.add(new Tenant(name, claim, cases.below(2) == 0));
            }
        }
        List<Wish> wishes = wishes(cases.claims(2));

        SetPlan plan = Planner.plan(machine, holdings, wishes, tenants, new ChocoSearch(ENOUGH));

        for (SetPlan.Proposal proposal : plan.proposals()) {
            Holdings moved = moved(holdings, tenants, proposal);
            Laws.assertConserved(machine, moved);
            assertThat(Planner.plan(machine, moved, wishes, List.of(), new ChocoSearch(ENOUGH))
                            .fits())
                    .as("seed %d", seed)
                    .isTrue();
        }
    }

    private static Holdings moved(Holdings holdings, List<Tenant> tenants, SetPlan.Proposal proposal) {
        Holdings moved = holdings;
        for (SetPlan.Move move : proposal.moves()) {
            moved = moved.without(Set.of(move.name()));
        }
        for (SetPlan.Move move : proposal.moves()) {
            Claim claim = tenants.stream()
                    .filter(tenant -> tenant.name().equals(move.name()))
                    .findFirst()
                    .orElseThrow()
                    .claim();
            moved = moved.with(Holding.of(move.name(), move.to(), claim));
        }
        return moved;
    }

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.longs().withDistribution(RandomDistribution.uniform());
    }

    private static SetPlan plan(Machine machine, List<Claim> claims) {
        return Planner.plan(machine, Holdings.NONE, wishes(claims), List.of(), new ChocoSearch(ENOUGH));
    }

    private static List<Wish> wishes(List<Claim> claims) {
        return IntStream.range(0, claims.size())
                .mapToObj(i -> new Wish(new PartitionName("p" + i), claims.get(i)))
                .toList();
    }

    private static Holdings held(List<Claim> claims, SetPlan plan) {
        List<Holding> all = new ArrayList<>();
        for (Wish wish : wishes(claims)) {
            Decision.Offer offer = (Decision.Offer) plan.of(wish.name()).orElseThrow();
            all.add(Holding.of(wish.name(), offer.slice(), wish.claim()));
        }
        return new Holdings(all);
    }
}
