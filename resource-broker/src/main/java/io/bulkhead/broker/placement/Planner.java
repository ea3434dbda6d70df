package io.bulkhead.broker.placement;

import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.broker.placement.SetPlan.Method;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.PartitionName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Places a whole set of partitions at once. Those that hold what they ask stay; the others are placed one after another,
 * the most constrained first. If that leaves somebody without a place, all that can be had is searched exhaustively: first
 * with those that stay where they are, then with any of the set moved, as few as possible.
 *
 * <p>The same input gives the same plan, as long as the exhaustive search ends in time. Nothing is changed.
 */
public final class Planner {
    private final Machine machine;
    private final Holdings holdings;
    private final List<Wish> wishes;
    private final ExactSearch search;

    private Planner(Machine machine, Holdings holdings, List<Wish> wishes, ExactSearch search) {
        this.machine = machine;
        this.holdings = holdings;
        this.wishes = Wishes.ordered(wishes);
        this.search = search;
    }

    /**
     * Plans.
     *
     * @param machine what there is
     * @param holdings what everybody holds, those of the set included
     * @param wishes what is wanted, one for each partition of the set
     * @param others who else holds something and might make room; whoever is left out stays where it is
     * @param search for what is not found one after another
     */
    public static SetPlan plan(
            Machine machine, Holdings holdings, List<Wish> wishes, List<Tenant> others, ExactSearch search) {
        return new Planner(machine, holdings, wishes, search).plan(others);
    }

    private SetPlan plan(List<Tenant> others) {
        Map<PartitionName, Decision> greedy = oneAfterAnother();
        if (allOffered(greedy)) {
            return new SetPlan(true, Method.GREEDY, greedy, List.of());
        }
        boolean proven = true;
        if (sumsFit() && noMisfit(greedy)) {
            for (boolean mayMove : List.of(false, true)) {
                JointSearch joint = new JointSearch(machine, holdings, wishes, search);
                JointSearch.Result result = joint.find(mayMove);
                if (result.decisions().isPresent()) {
                    return new SetPlan(true, Method.EXACT, result.decisions().get(), List.of());
                }
                proven = result.proven();
            }
        }
        Moves moves = new Moves(machine, holdings, wishes, others, search);
        return new SetPlan(
                false,
                proven ? Method.EXACT : Method.NOT_PROVEN,
                proven ? greedy : withDoubt(greedy),
                noMisfit(greedy) ? moves.proposals(greedy) : List.of());
    }

    /** Those that stay first, so that nobody is put in their place. */
    private Map<PartitionName, Decision> oneAfterAnother() {
        Set<PartitionName> names = wishes.stream().map(Wish::name).collect(Collectors.toSet());
        Holdings placed = holdings.without(names);
        Map<PartitionName, Decision> decisions = new LinkedHashMap<>();
        List<Wish> movers = new ArrayList<>();
        for (Wish wish : wishes) {
            Optional<Holding> own = holdings.of(wish.name());
            if (own.isPresent()
                    && Satisfaction.holds(
                            machine, wish.claim().cpus(), own.get().slice().cpus())) {
                Decision decision =
                        Placement.offer(machine, placed, wish.claim(), own.get().slice());
                decisions.put(wish.name(), decision);
                placed = with(placed, wish, decision);
            } else {
                movers.add(wish);
            }
        }
        for (Wish wish : movers) {
            Decision decision = Placement.offer(machine, placed, wish.claim());
            decisions.put(wish.name(), decision);
            placed = with(placed, wish, decision);
        }
        return decisions;
    }

    static Holdings with(Holdings placed, Wish wish, Decision decision) {
        return decision instanceof Decision.Offer offer
                ? placed.with(Holding.of(wish.name(), offer.slice(), wish.claim()))
                : placed;
    }

    private static boolean allOffered(Map<PartitionName, Decision> decisions) {
        return decisions.values().stream().allMatch(Decision.Offer.class::isInstance);
    }

    /** A claim that the machine could never satisfy is not searched for. */
    private static boolean noMisfit(Map<PartitionName, Decision> decisions) {
        return decisions.values().stream()
                .noneMatch(decision -> decision instanceof Decision.Refused refused
                        && refused.problem().code() == ProblemCode.NOT_ENFORCEABLE);
    }

    /** Whether everything that only has a sum is there for all: the pool, memory, rates of the disk. */
    private boolean sumsFit() {
        return JointMemory.fits(machine, others(), wishes) && JointMemory.sumsFit(new Room(machine, others()), wishes);
    }

    private Holdings others() {
        return holdings.without(wishes.stream().map(Wish::name).collect(Collectors.toSet()));
    }

    private static Map<PartitionName, Decision> withDoubt(Map<PartitionName, Decision> decisions) {
        Map<PartitionName, Decision> doubtful = new LinkedHashMap<>();
        decisions.forEach((name, decision) -> doubtful.put(
                name,
                decision instanceof Decision.Refused refused
                        ? new Decision.Refused(withDoubt(refused.problem()))
                        : decision));
        return doubtful;
    }

    private static Problem withDoubt(Problem problem) {
        return new Problem(
                problem.code(),
                problem.detail() + "; that no place exists for the whole set is not proven: the time was over",
                problem.remedy(),
                problem.holders());
    }
}
