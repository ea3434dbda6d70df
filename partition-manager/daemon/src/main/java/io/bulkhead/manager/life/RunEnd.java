package io.bulkhead.manager.life;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.init.Departure;
import io.bulkhead.manager.init.InitProgram;
import io.bulkhead.manager.life.LifeState.Alive;
import io.bulkhead.manager.life.LifeState.Bound;
import io.bulkhead.manager.life.LifeState.Failed;
import io.bulkhead.manager.life.LifeState.Paused;
import io.bulkhead.manager.life.LifeState.Stopping;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.record.RecordException;
import io.bulkhead.manager.record.RunRecord;
import io.bulkhead.manager.sys.ProcessEnd;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a run ends: by order or by itself, and what follows from the way it ended: rest, failure, or a restart after a
 * reboot inside. Under the partition's lock.
 */
final class RunEnd {
    private static final Logger LOG = LoggerFactory.getLogger(RunEnd.class);

    private static final Duration NEWS_PATIENCE = Duration.ofMillis(200);

    private final LifeParts parts;
    private final PartitionName name;
    private final Standing standing;
    private final PromiseWatch promises;
    private final Ending ending;
    private final RunStart starts;
    private final RestartGuard restarts = new RestartGuard();

    RunEnd(LifeParts parts, Standing standing, PromiseWatch promises, Ending ending, RunStart starts) {
        this.parts = parts;
        this.name = standing.name();
        this.standing = standing;
        this.promises = promises;
        this.ending = ending;
        this.starts = starts;
    }

    // ---- by order

    /** Stops what runs; a failure is taken note of and settled, the rest is left alone. */
    void stop(boolean kill) {
        LifeState state = standing.state();
        if (state instanceof Alive alive) {
            stop(alive, kill);
        } else if (state instanceof Failed failed) {
            standing.requireClean();
            standing.remember(new PartitionRecord.Ending(false, failed.why(), standing.now()));
            standing.become(failed.settled());
        }
    }

    private void stop(Alive alive, boolean kill) {
        Run run = alive.run();
        Stopping stopping = alive.stop();
        standing.become(stopping);
        parts.journal().append(new Event.PartitionStopping(name));
        putOnRecord(run);
        if (alive instanceof Paused) {
            thawToStop();
        }
        String how = kill ? "killed" : stopInOrder(run);
        Ending.Outcome outcome = clear(run);
        if (outcome.leftover().isPresent()) {
            String leftover = outcome.leftover().get();
            standing.markUnclean();
            standing.fail(stopping.failed("it cannot be cleared away: " + leftover));
            throw Refusal.of(ProblemCode.FAILED, name + " was stopped, but " + leftover);
        }
        standing.settle(stopping.stopped(how), how);
    }

    /** How it went, in words. Who cannot be told to stop is killed like one who does not. */
    private String stopInOrder(Run run) {
        long patience = standing.record().definition().stopTimeoutMillis();
        try {
            boolean orderly = run.stopInOrder(stopSignal(), Duration.ofMillis(patience));
            return orderly ? "stopped" : "killed, it did not stop in " + patience + " ms";
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("partition", name).setCause(e).log("It could not be told to stop");
            return "killed, it could not be told to stop: " + e.getMessage();
        }
    }

    /** A manager that comes after this one is to know that nothing has failed. */
    private void putOnRecord(Run run) {
        RunRecord.Processes processes =
                new RunRecord.Processes(run.running().holder(), run.running().init());
        try {
            parts.records()
                    .saveRun(
                            name,
                            new RunRecord(
                                    parts.bootId(),
                                    RunRecord.Phase.STOPPING,
                                    Optional.of(processes),
                                    run.startedAtMillis()));
        } catch (RecordException e) {
            // A full disk keeps nobody from stopping.
            LOG.atWarn().addKeyValue("partition", name).setCause(e).log("The order to stop is not on record");
        }
    }

    private void thawToStop() {
        try {
            parts.cgroups().thaw(name);
        } catch (RuntimeException e) {
            // It can be killed all the same.
            LOG.atWarn().addKeyValue("partition", name).setCause(e).log("It could not be thawed to be stopped");
        }
    }

    private int stopSignal() {
        PartitionRecord record = standing.record();
        return InitProgram.of(record.definition().init(), name, record.automaticLogin())
                .stopSignal();
    }

    // ---- by itself

    /** Draws the consequences of the end of a run, unless that was done already. */
    void settle(Run run) {
        if (!(standing.state() instanceof Alive alive) || alive.run() != run || standing.gone()) {
            return;
        }
        // The holder follows process 1 within a millisecond, and may be heard of first.
        boolean initEnded = run.awaitEnd(NEWS_PATIENCE);
        Ending.Outcome outcome = clear(run);
        if (outcome.leftover().isPresent()) {
            standing.markUnclean();
            standing.fail(alive.failed(
                    "it ended and cannot be cleared away: " + outcome.leftover().get()));
        } else if (!initEnded) {
            standing.fail(alive.failed("the process that holds its console was killed"));
        } else {
            settle(alive, outcome.end());
        }
    }

    private void settle(Alive alive, ProcessEnd end) {
        Departure departure = Departure.of(standing.record().definition().init(), end);
        if (departure == Departure.FAILED) {
            standing.fail(alive.failed("process 1 " + (end instanceof ProcessEnd.Killed ? "was " : "") + end));
            return;
        }
        boolean reboot = departure == Departure.REBOOT;
        String how = reboot ? "rebooted itself" : "powered itself off";
        Bound bound = alive.ended(how);
        standing.settle(bound, how);
        if (reboot) {
            restart(bound);
        }
    }

    private void restart(Bound bound) {
        if (!restarts.allow(standing.now())) {
            standing.fail(bound.failed("it reboots in a circle"));
            return;
        }
        try {
            starts.boot(bound);
        } catch (Refusal e) {
            LOG.atWarn()
                    .addKeyValue("partition", name)
                    .addKeyValue("reason", e.getMessage())
                    .log("It did not restart");
        }
    }

    private Ending.Outcome clear(Run run) {
        Ending.Outcome outcome = ending.clear(run);
        promises.tellLastCounts();
        return outcome;
    }
}
