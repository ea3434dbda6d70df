package io.bulkhead.broker.plan;

import io.bulkhead.broker.placement.Decision;
import io.bulkhead.broker.placement.Fragmentation;
import io.bulkhead.broker.placement.Holdings;
import io.bulkhead.broker.placement.NodeBytes;
import io.bulkhead.broker.placement.Planner;
import io.bulkhead.broker.placement.SetPlan;
import io.bulkhead.broker.placement.Tenant;
import io.bulkhead.broker.placement.Wish;
import io.bulkhead.broker.plan.PlanReport.Action;
import io.bulkhead.broker.plan.PlanReport.CacheRoom;
import io.bulkhead.broker.plan.PlanReport.FreeRoom;
import io.bulkhead.broker.plan.PlanReport.Method;
import io.bulkhead.broker.plan.PlanReport.NodeMemory;
import io.bulkhead.broker.plan.PlanReport.NodeRoom;
import io.bulkhead.broker.solver.ChocoSearch;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes plans. Nothing is changed by one; the calling thread works until it is done or the time is over. */
public final class Plans {
    /** How long the exhaustive search may take where nobody says. */
    public static final Duration TIME_LIMIT = Duration.ofSeconds(10);

    /** More is not planned at once. */
    private static final int MOST_DEFINITIONS = 512;

    private Plans() {}

    /**
     * Plans a set.
     *
     * @param ground what there is and who has it
     * @param definitions at most 512, each of another name; otherwise a {@link Refusal}
     * @param timeLimit for the exhaustive search
     */
    public static PlanReport plan(PlanGround ground, List<PartitionSpec> definitions, Duration timeLimit) {
        long start = System.nanoTime();
        check(definitions);
        SetPlan plan = Planner.plan(
                ground.machine(),
                ground.holdings(),
                definitions.stream()
                        .map(each -> new Wish(each.name(), each.claim()))
                        .toList(),
                ground.tenants(),
                new ChocoSearch(timeLimit));
        return new PlanReport(
                plan.fits(),
                method(plan.method()),
                (System.nanoTime() - start) / 1_000_000,
                timeLimit.toMillis(),
                definitions.stream()
                        .map(each ->
                                partition(ground, each, plan.of(each.name()).orElseThrow()))
                        .toList(),
                room(Fragmentation.of(ground.machine(), ground.holdings())),
                plan.fits()
                        ? Optional.of(room(Fragmentation.of(ground.machine(), planned(ground, definitions, plan))))
                        : Optional.empty(),
                plan.proposals().stream().map(Plans::proposal).toList(),
                ground.remarks());
    }

    private static void check(List<PartitionSpec> definitions) {
        if (definitions.isEmpty() || definitions.size() > MOST_DEFINITIONS) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "a plan is made for 1 to " + MOST_DEFINITIONS + " definitions, not for " + definitions.size());
        }
        Set<PartitionName> names = new HashSet<>();
        for (PartitionSpec definition : definitions) {
            if (!names.add(definition.name())) {
                throw Refusal.of(
                        ProblemCode.INVALID_REQUEST,
                        "the partition " + definition.name() + " is defined twice",
                        "leave one of the two out");
            }
        }
    }

    private static Method method(SetPlan.Method method) {
        return switch (method) {
            case GREEDY -> Method.GREEDY;
            case EXACT -> Method.EXACT;
            case NOT_PROVEN -> Method.NOT_PROVEN;
        };
    }

    private static PlanReport.Partition partition(PlanGround ground, PartitionSpec definition, Decision decision) {
        PartitionName name = definition.name();
        if (decision instanceof Decision.Refused refused) {
            return new PlanReport.Partition(
                    name,
                    Action.REFUSED,
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    List.of(),
                    Optional.of(refused.problem()));
        }
        Decision.Offer offer = (Decision.Offer) decision;
        Optional<Slice> held = ground.holdings().of(name).map(Holdings.Holding::slice);
        Action action = held.map(slice -> action(slice, offer.slice())).orElse(Action.NEW);
        List<String> remarks = new ArrayList<>(offer.remarks());
        boolean runs = ground.tenants().stream()
                .filter(tenant -> tenant.name().equals(name))
                .anyMatch(Tenant::running);
        if (runs && (action == Action.CHANGED || action == Action.MOVED)) {
            remarks.add("it runs, and has to be stopped before its slice can change");
        }
        return new PlanReport.Partition(
                name,
                action,
                Optional.of(offer.slice()),
                offer.memory().stream().map(Plans::memory).toList(),
                offer.why(),
                remarks,
                Optional.empty());
    }

    private static Action action(Slice held, Slice planned) {
        if (held.equals(planned)) {
            return Action.STAYS;
        }
        return held.cpus().equals(planned.cpus()) ? Action.CHANGED : Action.MOVED;
    }

    private static NodeMemory memory(NodeBytes bytes) {
        return new NodeMemory(bytes.node(), bytes.memory());
    }

    private static Holdings planned(PlanGround ground, List<PartitionSpec> definitions, SetPlan plan) {
        Holdings holdings = ground.holdings()
                .without(definitions.stream().map(PartitionSpec::name).collect(Collectors.toSet()));
        for (PartitionSpec definition : definitions) {
            Decision.Offer offer = (Decision.Offer) plan.of(definition.name()).orElseThrow();
            holdings = holdings.with(Holdings.Holding.of(definition.name(), offer.slice(), definition.claim()));
        }
        return holdings;
    }

    private static FreeRoom room(Fragmentation fragmentation) {
        return new FreeRoom(
                fragmentation.freeCpus(),
                fragmentation.largestOnOneNode(),
                fragmentation.largestInOneCache(),
                fragmentation.nodes().stream()
                        .map(node -> new NodeRoom(
                                node.node(),
                                node.freeCores(),
                                node.freeCpus(),
                                node.looseCpus(),
                                node.freeMemory(),
                                node.caches().stream()
                                        .map(cache -> new CacheRoom(cache.cache(), cache.freeCores(), cache.freeCpus()))
                                        .toList()))
                        .toList());
    }

    private static PlanReport.Proposal proposal(SetPlan.Proposal proposal) {
        return new PlanReport.Proposal(
                proposal.moves().stream()
                        .map(move -> new PlanReport.Move(move.name(), move.running(), move.from(), move.to()))
                        .toList(),
                proposal.fewest());
    }
}
