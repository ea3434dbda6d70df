package io.bulkhead.broker;

import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.generation.Rebase;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * What can be done with generations. They are files, and no slice: no ledger and no turn is needed. Safe for any thread;
 * every stage fails with a {@link Refusal} that is for the user.
 */
public final class Generations {
    /** A tree of files is read, written and made durable. */
    private static final Duration TO_WORK = Duration.ofMinutes(5);

    private final Desk desk;

    Generations(Desk desk) {
        this.desk = desk;
    }

    /** All of them, the newest first. */
    public CompletionStage<Reply.Generations> list() {
        return ask(new Order.ListGenerations(), Reply.Generations.class);
    }

    /** Captures the host as it is. */
    public CompletionStage<Reply.Captured> capture() {
        return ask(new Order.CaptureGeneration(), Reply.Captured.class);
    }

    /**
     * Removes those that nobody needs.
     *
     * @param wayBack whether every partition gives up its way back from a rebase first
     */
    public CompletionStage<Reply.GenerationsRemoved> removeUnused(boolean wayBack) {
        return ask(new Order.RemoveUnusedGenerations(wayBack), Reply.GenerationsRemoved.class);
    }

    /** What a partition and its host have changed since. */
    public CompletionStage<PartitionDifferences> differences(PartitionName name) {
        return ask(new Order.DiffPartition(name), Reply.Differences.class).thenApply(Reply.Differences::differences);
    }

    /** Takes a partition to the newest one. */
    public CompletionStage<Rebase> rebase(PartitionName name) {
        return ask(new Order.RebasePartition(name), Reply.Rebased.class).thenApply(Reply.Rebased::rebase);
    }

    /** Takes its last rebase back. */
    public CompletionStage<Rebase> undoRebase(PartitionName name) {
        return ask(new Order.UndoRebase(name), Reply.Rebased.class).thenApply(Reply.Rebased::rebase);
    }

    private <R extends Reply> CompletionStage<R> ask(Order order, Class<R> type) {
        return desk.ask(order, type, TO_WORK);
    }
}
