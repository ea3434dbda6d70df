package io.bulkhead.console.apply;

import io.bulkhead.console.apply.FilePlan.Action;
import io.bulkhead.console.apply.FilePlan.Step;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Carries a plan out, all of it or nothing of it. First what is to be deleted gives its slice back; then everything is
 * defined, whatever has room first, and where the rest waits for each other's hardware, it gives that back for the
 * moment; deletions come last, as nothing brings their files back. What fails before the first of those is put back, but
 * for what somebody else has changed meanwhile: that is told, and left as it is. For one thread and one use.
 */
public final class Applying {
    private final Desk desk;
    private final FilePlan plan;
    /** Whatever was sent an order that may have been carried out, in the order of the first one. */
    private final Map<PartitionName, Step> touched = new LinkedHashMap<>();

    public Applying(Desk desk, FilePlan plan) {
        this.desk = desk;
        this.plan = plan;
    }

    /** A partition that is to be as a definition says. */
    private record Wanted(
            PartitionSpec definition, Optional<String> rootPasswordHash, Known known, boolean bound, boolean binds) {
        PartitionName name() {
            return definition.name();
        }
    }

    /** Does it. Nothing is thrown but what is a mistake of the program. */
    public Outcome run() {
        List<PartitionName> done = new ArrayList<>();
        try {
            for (Step step : plan.steps(Action.DELETE)) {
                if (step.isBound()) {
                    touch(step, () -> desk.release(step.name(), step.known()));
                }
            }
            done.addAll(settle(plan.steps().stream()
                    .filter(step -> step.action() == Action.CREATE || step.action() == Action.CHANGE)
                    .map(step -> new Wanted(
                            step.definition().orElseThrow().spec(),
                            step.definition().orElseThrow().rootPasswordHash(),
                            step.known(),
                            step.isBound(),
                            plan.holdsSlice(step)))
                    .toList()));
        } catch (Refusal e) {
            return putBack(e.problem());
        }
        return delete(done);
    }

    private Outcome delete(List<PartitionName> done) {
        boolean begun = false;
        for (Step step : plan.steps(Action.DELETE)) {
            try {
                touch(step, () -> desk.delete(step.name(), false, step.known()));
                begun = true;
                done.add(step.name());
            } catch (Refusal e) {
                if (!begun && !mayBeDone(e)) {
                    return putBack(e.problem());
                }
                // There is no way back any more: what stands is told, and the same order given again goes on from here.
                return new Outcome(done, Optional.of(e.problem()), List.of(), Map.of());
            }
        }
        return Outcome.of(done);
    }

    /** Defines all of them in an order in which that is possible; the names in that order. */
    private List<PartitionName> settle(Collection<Wanted> wanted) {
        List<PartitionName> done = new ArrayList<>();
        List<Wanted> remaining = new ArrayList<>(wanted);
        Set<PartitionName> released = new HashSet<>();
        while (!remaining.isEmpty()) {
            Optional<Refusal> shortage = Optional.empty();
            List<Wanted> still = new ArrayList<>();
            for (Wanted each : remaining) {
                Optional<Refusal> refusal = define(each);
                if (refusal.isPresent()) {
                    still.add(each);
                    shortage = shortage.or(() -> refusal);
                } else {
                    done.add(each.name());
                }
            }
            if (still.size() == remaining.size() && !giveBack(still, released)) {
                throw shortage.orElseThrow();
            }
            remaining = still;
        }
        return done;
    }

    /** Defines one; the answer is a refusal that may be another one as soon as others have given or taken. */
    private Optional<Refusal> define(Wanted wanted) {
        try {
            touch(wanted.name(), () -> order(wanted));
            return Optional.empty();
        } catch (Refusal e) {
            ProblemCode code = e.problem().code();
            if (code == ProblemCode.NOT_ENOUGH_RESOURCES || code == ProblemCode.CONFLICT) {
                return Optional.of(e);
            }
            throw e;
        }
    }

    private void order(Wanted wanted) {
        if (wanted.binds()) {
            desk.define(wanted.definition(), wanted.rootPasswordHash(), wanted.known());
        } else {
            desk.defineUnbound(wanted.definition(), wanted.rootPasswordHash(), wanted.known());
        }
    }

    /** Has those that wait give their slices back; whether there was one that had not yet. */
    private boolean giveBack(List<Wanted> waiting, Set<PartitionName> released) {
        boolean any = false;
        for (Wanted each : waiting) {
            if (waiting.size() > 1 && each.bound() && released.add(each.name())) {
                touch(each.name(), () -> desk.release(each.name(), each.known()));
                any = true;
            }
        }
        return any;
    }

    // ---- back again

    private Outcome putBack(Problem problem) {
        Map<PartitionName, String> failures = new LinkedHashMap<>();
        List<Step> all = List.copyOf(touched.values());
        for (Step step : all) {
            if (step.before().isEmpty()) {
                attempt(step.name(), failures, () -> deleteIfThere(step));
            }
        }
        List<Step> bound = all.stream().filter(Step::isBound).toList();
        List<Step> unbound = all.stream()
                .filter(step -> step.before().isPresent() && !step.isBound())
                .toList();
        unbound.forEach(step -> attempt(step.name(), failures, () -> restoreUnbound(step)));
        boolean settled = canSettleAsBefore(bound);
        if (!settled) {
            // What nobody answered may be answered now.
            settled = canSettleAsBefore(bound);
        }
        if (!settled) {
            restoreEach(bound, failures);
        }
        List<PartitionName> back = all.stream()
                .map(Step::name)
                .filter(name -> !failures.containsKey(name))
                .toList();
        return new Outcome(List.of(), Optional.of(problem), back, failures);
    }

    /**
     * Somebody took what one of them had, or nobody answers: one by one, so that each gets as far as it can, and again as long
     * as that brings one back, since what it gives up may be what another waits for.
     */
    private void restoreEach(List<Step> steps, Map<PartitionName, String> failures) {
        List<Step> left = steps;
        int before;
        do {
            before = left.size();
            left.forEach(step -> failures.remove(step.name()));
            left.forEach(step -> attempt(step.name(), failures, () -> restore(step)));
            left = left.stream()
                    .filter(step -> failures.containsKey(step.name()))
                    .toList();
        } while (!left.isEmpty() && left.size() < before);
    }

    /** Brings all of them back together, if that can be. */
    private boolean canSettleAsBefore(List<Step> steps) {
        try {
            settle(steps.stream().map(Applying::asBefore).toList());
            return true;
        } catch (Refusal e) {
            return false;
        }
    }

    private static Wanted asBefore(Step step) {
        return new Wanted(step.before().orElseThrow().definition(), Optional.empty(), step.knownSince(), true, true);
    }

    private void restore(Step step) {
        desk.define(step.before().orElseThrow().definition(), Optional.empty(), step.knownSince());
    }

    private void restoreUnbound(Step step) {
        desk.release(step.name(), step.knownSince());
        desk.defineUnbound(step.before().orElseThrow().definition(), Optional.empty(), step.knownSince());
    }

    private void deleteIfThere(Step step) {
        try {
            // It was made a moment ago: nothing was ever in it.
            desk.delete(step.name(), true, step.knownSince());
        } catch (Refusal e) {
            if (e.problem().code() != ProblemCode.NOT_FOUND) {
                throw e;
            }
        }
    }

    private static void attempt(PartitionName name, Map<PartitionName, String> failures, Runnable way) {
        try {
            way.run();
        } catch (Refusal once) {
            try {
                // What nobody answered may have been done, and what was in the way may be gone.
                way.run();
            } catch (Refusal e) {
                failures.putIfAbsent(name, e.problem().detail());
            }
        }
    }

    // ---- touching

    private void touch(PartitionName name, Runnable order) {
        touch(
                plan.steps().stream()
                        .filter(step -> step.name().equals(name))
                        .findFirst()
                        .orElseThrow(),
                order);
    }

    private void touch(Step step, Runnable order) {
        try {
            order.run();
            touched.putIfAbsent(step.name(), step);
        } catch (Refusal e) {
            if (mayBeDone(e)) {
                touched.putIfAbsent(step.name(), step);
            }
            throw e;
        }
    }

    /** An order that was refused has changed nothing; one that nobody answered may have. */
    private static boolean mayBeDone(Refusal refusal) {
        ProblemCode code = refusal.problem().code();
        return code == ProblemCode.UNREACHABLE || code == ProblemCode.TIMED_OUT || code == ProblemCode.FAILED;
    }
}
