package io.bulkhead.broker.operation;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * The operations of this control plane, running ones and the last that have ended. Kept in memory: after a restart nobody
 * knows of them, while what they did is where it always is, with the manager.
 */
public final class Operations {
    /** How many of those that have ended are kept. */
    public static final int KEPT = 500;

    /** How long one that has ended is kept, milliseconds. */
    public static final long KEPT_MILLIS = 24 * 3_600_000L;

    /** How many can run at the same time. */
    public static final int RUNNING = 128;

    private static final int MOST_STEPS = 100;

    private final LongSupplier clockMillis;
    private final String prefix;
    private final TreeMap<Long, Operation> all = new TreeMap<>();
    private final Map<Long, List<Waiter>> waiters = new HashMap<>();
    private long last;
    private int running;

    private record Waiter(int seen, CompletableFuture<Operation> told) {
        boolean isFor(Operation now) {
            return now.hasEnded() || now.steps().size() > seen;
        }
    }

    /** @param clockMillis milliseconds since 1970 UTC */
    public Operations(LongSupplier clockMillis) {
        this.clockMillis = clockMillis;
        this.prefix = Long.toString(clockMillis.getAsLong(), 36);
    }

    /** Begins one; a {@link Refusal} where too many are running. */
    public synchronized Operation begin(String verb, PartitionName partition, String by) {
        forget();
        if (running >= RUNNING) {
            throw Refusal.of(
                    ProblemCode.TOO_MANY_REQUESTS,
                    RUNNING + " operations are running, which is the most at one time",
                    "wait for some to end; GET /v1/operations shows them");
        }
        running++;
        last++;
        Operation begun = new Operation(
                prefix + "-" + last,
                last,
                verb,
                partition,
                by,
                Operation.State.RUNNING,
                clockMillis.getAsLong(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty());
        all.put(last, begun);
        return begun;
    }

    /** Adds a step to one that is running. */
    public void step(Operation which, Operation.Step step) {
        change(which, now -> {
            List<Operation.Step> steps = new ArrayList<>(now.steps());
            if (steps.size() < MOST_STEPS) {
                steps.add(step);
            }
            return new Operation(
                    now.id(),
                    now.number(),
                    now.verb(),
                    now.partition(),
                    now.by(),
                    now.state(),
                    now.startedAtMillis(),
                    now.endedAtMillis(),
                    steps,
                    now.result(),
                    now.problem());
        });
    }

    public void done(Operation which, Json result) {
        end(which, Operation.State.DONE, Optional.of(result), Optional.empty());
    }

    public void failed(Operation which, Problem problem) {
        end(which, Operation.State.FAILED, Optional.empty(), Optional.of(problem));
    }

    private void end(Operation which, Operation.State state, Optional<Json> result, Optional<Problem> problem) {
        change(which, now -> {
            running--;
            return new Operation(
                    now.id(),
                    now.number(),
                    now.verb(),
                    now.partition(),
                    now.by(),
                    state,
                    now.startedAtMillis(),
                    Optional.of(clockMillis.getAsLong()),
                    now.steps(),
                    result,
                    problem);
        });
    }

    private void change(Operation which, java.util.function.UnaryOperator<Operation> change) {
        List<Waiter> due;
        Operation now;
        synchronized (this) {
            Operation before = all.get(which.number());
            if (before == null || before.hasEnded()) {
                return;
            }
            now = change.apply(before);
            all.put(which.number(), now);
            List<Waiter> waiting = waiters.getOrDefault(which.number(), new ArrayList<>());
            Operation seen = now;
            due = waiting.stream().filter(waiter -> waiter.isFor(seen)).toList();
            waiting.removeAll(due);
            if (waiting.isEmpty()) {
                waiters.remove(which.number());
            }
        }
        due.forEach(waiter -> waiter.told().complete(now));
    }

    /** One by its id; a {@link Refusal} with NOT_FOUND where it is not known, or no longer. */
    public synchronized Operation show(String id) {
        forget();
        return number(id)
                .map(all::get)
                .orElseThrow(() -> Refusal.of(
                        ProblemCode.NOT_FOUND,
                        "there is no operation '" + id + "'",
                        "the control plane keeps the last " + KEPT + " for a day, and none across its restart"));
    }

    /** Those behind a number, in the order of beginning. */
    public synchronized List<Operation> after(long number, int atMost) {
        forget();
        return all.tailMap(number, false).values().stream().limit(atMost).toList();
    }

    /** The number of an id of this control plane. */
    public Optional<Long> number(String id) {
        return id.matches("[0-9a-z]+-[0-9]{1,18}") && id.startsWith(prefix + "-")
                ? Optional.of(Long.parseLong(id.substring(prefix.length() + 1)))
                : Optional.empty();
    }

    /**
     * Completes as soon as an operation has more steps than were seen, or has ended; see {@link #giveUp} for whoever no
     * longer waits.
     */
    public CompletionStage<Operation> changed(String id, int seenSteps) {
        CompletableFuture<Operation> told = new CompletableFuture<>();
        Operation now;
        synchronized (this) {
            now = show(id);
            Waiter waiter = new Waiter(seenSteps, told);
            if (!waiter.isFor(now)) {
                waiters.computeIfAbsent(now.number(), none -> new ArrayList<>()).add(waiter);
                return told;
            }
        }
        told.complete(now);
        return told;
    }

    /** Forgets a stage of {@link #changed} that has not completed. */
    public synchronized void giveUp(String id, CompletionStage<Operation> told) {
        number(id).ifPresent(number -> {
            List<Waiter> waiting = waiters.getOrDefault(number, new ArrayList<>());
            waiting.removeIf(waiter -> waiter.told() == told);
            if (waiting.isEmpty()) {
                waiters.remove(number);
            }
        });
    }

    /** How many are running. */
    public synchronized int running() {
        return running;
    }

    private void forget() {
        long oldest = clockMillis.getAsLong() - KEPT_MILLIS;
        int tooMany = all.size() - running - KEPT;
        List<Long> gone = new ArrayList<>();
        for (Operation each : all.values()) {
            if (each.hasEnded()
                    && (gone.size() < tooMany || each.endedAtMillis().orElse(oldest) < oldest)) {
                gone.add(each.number());
            }
        }
        gone.forEach(all::remove);
    }
}
