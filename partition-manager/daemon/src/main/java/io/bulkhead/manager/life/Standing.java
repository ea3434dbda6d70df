package io.bulkhead.manager.life;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.StreamMessage.Mark;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.manager.console.ConsoleHub;
import io.bulkhead.manager.life.LifeState.Alive;
import io.bulkhead.manager.life.LifeState.AtRest;
import io.bulkhead.manager.life.LifeState.Bound;
import io.bulkhead.manager.life.LifeState.Defined;
import io.bulkhead.manager.life.LifeState.Failed;
import io.bulkhead.manager.record.PartitionRecord;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one partition stands: its state, what is on record of it, and whether remains of a run are to be cleared away
 * first. Says so to everybody when a run has ended. Changed only under the partition's lock; {@link #state()} and
 * {@link #record()} may be read by any thread.
 */
final class Standing {
    private static final Logger LOG = LoggerFactory.getLogger(Standing.class);

    private final LifeParts parts;
    private final PartitionName name;
    private final ConsoleHub console;
    private final Ending ending;

    private volatile PartitionRecord record;
    private volatile LifeState state;
    private boolean unclean;
    private boolean gone;

    /** As it is on record, with nothing that runs. */
    Standing(LifeParts parts, PartitionRecord record, ConsoleHub console, Ending ending) {
        this.parts = parts;
        this.record = record;
        this.name = record.name();
        this.console = console;
        this.ending = ending;
        this.state = atRest(record);
    }

    private static LifeState atRest(PartitionRecord record) {
        Optional<String> text = record.ending().map(PartitionRecord.Ending::text);
        if (record.slice().isEmpty()) {
            return new Defined(text);
        }
        Slice slice = record.slice().get();
        boolean failed = record.ending().map(PartitionRecord.Ending::failed).orElse(false);
        return failed ? new Failed(slice, text.orElse("failed")) : new Bound(slice, text);
    }

    PartitionName name() {
        return name;
    }

    ConsoleHub console() {
        return console;
    }

    LifeState state() {
        return state;
    }

    PartitionRecord record() {
        return record;
    }

    /** The number of process 1 on the host; 0 if there is none. */
    long pid() {
        return state instanceof Alive alive ? alive.run().pid() : 0;
    }

    long now() {
        return parts.clockMillis().getAsLong();
    }

    // ---- changes

    void become(LifeState next) {
        state = next;
    }

    /** Goes back to what is on record. */
    void comeToRest() {
        state = atRest(record);
    }

    /** Takes a record that is saved already. */
    void take(PartitionRecord saved) {
        record = saved;
        console.configure(parts.consoles().bounds(saved.definition().claim().console()));
    }

    /** A run has ended as it should. */
    void settle(Bound bound, String how) {
        remember(new PartitionRecord.Ending(false, how, now()));
        state = bound;
        console.mark(Mark.Kind.RUN_ENDED, how, name + " has ended: " + how);
        LOG.atInfo().addKeyValue("partition", name).addKeyValue("reason", how).log("Stopped");
        parts.journal().append(new Event.PartitionStopped(name, how));
    }

    /** A start or a run has ended wrongly. */
    void fail(Failed failed) {
        remember(new PartitionRecord.Ending(true, failed.why(), now()));
        state = failed;
        console.mark(Mark.Kind.RUN_ENDED, "failed: " + failed.why(), name + " has failed: " + failed.why());
        LOG.atWarn()
                .addKeyValue("partition", name)
                .addKeyValue("reason", failed.why())
                .log("Failed");
        parts.journal().append(new Event.PartitionFailed(name, failed.why()));
    }

    /** Puts on record how a run ended, if that can be done. */
    void remember(PartitionRecord.Ending how) {
        PartitionRecord after = record.withEnding(Optional.of(how));
        try {
            parts.records().save(after);
        } catch (RuntimeException e) {
            // A note for people only; the partition is down all the same.
            LOG.atError().addKeyValue("partition", name).setCause(e).log("How a run ended could not be put on record");
        }
        record = after;
    }

    /** Something of a run may be left: nothing is begun before it is cleared away. */
    void markUnclean() {
        unclean = true;
    }

    /** It is deleted. */
    void markGone() {
        gone = true;
    }

    boolean gone() {
        return gone;
    }

    // ---- conditions of an order

    /** Clears away what an earlier run has left; throws {@link Refusal} if that cannot be done. */
    void requireClean() {
        if (!unclean) {
            return;
        }
        Optional<String> leftover = ending.clearLeftovers();
        if (leftover.isPresent()) {
            throw Refusal.of(ProblemCode.FAILED, "an earlier run of " + name + " is still there: " + leftover.get());
        }
        unclean = false;
    }

    /** Throws {@link Refusal} with this remark if anything runs. */
    void requireAtRest(String otherwise) {
        if (!(state instanceof AtRest) && !(state instanceof Defined)) {
            throw wrongState(otherwise);
        }
    }

    Refusal wrongState(String remark) {
        String word = state.word().name().toLowerCase(Locale.ROOT);
        return Refusal.of(ProblemCode.WRONG_STATE, name + " is " + word + ": " + remark);
    }
}
