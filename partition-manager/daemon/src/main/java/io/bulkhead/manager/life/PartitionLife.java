package io.bulkhead.manager.life;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Order.DefinePartition;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Certificate;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.manager.admission.Holding;
import io.bulkhead.manager.console.ConsoleHub;
import io.bulkhead.manager.init.Departure;
import io.bulkhead.manager.init.InitProgram;
import io.bulkhead.manager.life.LifeState.Alive;
import io.bulkhead.manager.life.LifeState.AtRest;
import io.bulkhead.manager.life.LifeState.Bound;
import io.bulkhead.manager.life.LifeState.Defined;
import io.bulkhead.manager.life.LifeState.Failed;
import io.bulkhead.manager.life.LifeState.Paused;
import io.bulkhead.manager.life.LifeState.Running;
import io.bulkhead.manager.life.LifeState.Starting;
import io.bulkhead.manager.life.LifeState.Stopping;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.undo.Undo;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one partition. Every verb is carried out under the lock, leaves either its result or what was there before,
 * and, asked again, finds its work done. {@link #status()} takes no lock and shows the last complete state.
 */
final class PartitionLife {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionLife.class);

    private static final Duration NEWS_PATIENCE = Duration.ofMillis(200);

    private final ReentrantLock lock = new ReentrantLock();
    private final LifeParts parts;
    private final PartitionName name;
    private final ConsoleHub console;
    private final Ending ending;
    private final PromiseWatch promises;
    private final RestartGuard restarts = new RestartGuard();

    private volatile PartitionRecord record;
    private volatile LifeState state;
    private boolean unclean;
    private boolean gone;

    PartitionLife(LifeParts parts, PartitionRecord record) {
        this.parts = parts;
        this.record = record;
        this.name = record.name();
        this.console = parts.consoles().apply(name);
        this.ending = new Ending(parts, name, console);
        this.promises = new PromiseWatch(parts.cgroups(), name, parts.journal());
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

    PartitionRecord record() {
        return record;
    }

    PartitionStatus status() {
        LifeState now = state;
        PartitionRecord on = record;
        Optional<Run> run = now instanceof Alive alive ? Optional.of(alive.run()) : Optional.empty();
        PromiseWatch.Reading reading = now.slice().isPresent() ? promises.last() : PromiseWatch.Reading.NONE;
        return new PartitionStatus(
                name,
                now.word(),
                now.reason(),
                reading.broken(),
                on.definition(),
                on.definition().init().kind(),
                now.slice(),
                reading.promises(),
                console.status(),
                run.map(Run::pid),
                on.uidRange(),
                on.generation(),
                run.map(Run::startedAtMillis));
    }

    // ---- definition and slice

    /** Changes the definition or the slice; empty if the partition was deleted meanwhile. */
    Optional<PartitionStatus> redefine(DefinePartition order) {
        return locked(() -> {
            if (gone) {
                return Optional.empty();
            }
            if (order.rootPasswordHash().isPresent() && record.automaticLogin()) {
                throw Refusal.of(
                        ProblemCode.CONFLICT,
                        name + " was defined without a password for its root",
                        "set it inside, with passwd, or delete the partition and define it anew");
            }
            hold(order.definition(), order.slice());
            return Optional.of(status());
        });
    }

    PartitionStatus bind(Slice slice) {
        return present(() -> {
            hold(record.definition(), slice);
            return status();
        });
    }

    private void hold(PartitionSpec definition, Slice slice) {
        boolean otherDefinition = !definition.equals(record.definition());
        boolean otherSlice = !state.slice().equals(Optional.of(slice));
        if (!otherDefinition && !otherSlice) {
            return;
        }
        requireAtRest("it cannot be changed while it runs; stop it first");
        requireClean();
        PartitionRecord before = record;
        PartitionRecord after = before.withDefinition(definition).withSlice(Optional.of(slice));
        try (Undo undo = new Undo()) {
            parts.holdings().replace(definition, slice);
            undo.push("give the former slice back", () -> parts.holdings().restore(holding(before)));
            undo.push("put the former definition on record", () -> parts.records().save(before));
            parts.records().save(after);
            if (otherSlice) {
                undo.push("bind the former slice", () -> bindGroups(before));
                parts.cgroups().bind(name, slice);
                Promises.requireHeld(name, parts.cgroups().readBack(name, slice));
            }
            undo.keep();
        }
        record = after;
        state = state instanceof Defined defined ? defined.bind(slice) : ((AtRest) state).rebind(slice);
        promises.look(slice);
        if (otherDefinition) {
            parts.journal().append(new Event.PartitionDefined(name));
        }
        if (otherSlice) {
            parts.journal().append(new Event.PartitionBound(name));
        }
    }

    private void bindGroups(PartitionRecord partition) {
        partition.slice().ifPresentOrElse(
                slice -> parts.cgroups().bind(name, slice), () -> parts.cgroups().release(name));
    }

    PartitionStatus release() {
        return present(() -> {
            if (state instanceof Defined) {
                return status();
            }
            requireAtRest("its slice cannot be released while it runs; stop it first");
            requireClean();
            PartitionRecord before = record;
            PartitionRecord after = before.withSlice(Optional.empty());
            try (Undo undo = new Undo()) {
                undo.push("put the slice back on record", () -> parts.records().save(before));
                parts.records().save(after);
                undo.push("bind the slice again", () -> bindGroups(before));
                parts.cgroups().release(name);
                undo.keep();
            }
            parts.holdings().releaseSlice(name);
            record = after;
            state = ((AtRest) state).release();
            promises.forget();
            parts.journal().append(new Event.PartitionReleased(name));
            return status();
        });
    }

    /** Removes everything; the caller forgets this object. */
    void delete(Runnable forget) {
        locked(() -> {
            if (gone) {
                return null;
            }
            if (!(state instanceof Defined)) {
                requireAtRest("it cannot be deleted while it runs; stop it first");
            }
            requireClean();
            try (Undo undo = new Undo()) {
                parts.directories().retire(name);
                undo.push("bring its files back", () -> parts.directories().restore(name));
                undo.push("bind the slice again", () -> bindGroups(record));
                parts.cgroups().release(name);
                undo.push("put it back on record", () -> parts.records().save(record));
                parts.records().remove(name);
                undo.keep();
            }
            gone = true;
            forget.run();
            parts.holdings().remove(name);
            console.close();
            parts.journal().append(new Event.PartitionDeleted(name));
            try {
                parts.directories().purge(name);
            } catch (RuntimeException e) {
                // It is deleted all the same; the rest goes when the manager starts the next time.
                LOG.atError().addKeyValue("partition", name).setCause(e).log("Files of a deleted partition remain");
            }
            return null;
        });
    }

    // ---- runs

    PartitionStatus start() {
        return present(() -> {
            if (state instanceof Paused) {
                throw wrongState("it is paused; resume it");
            } else if (state instanceof Defined) {
                throw wrongState("it holds no slice; bind it first");
            } else if (state instanceof AtRest rest) {
                boot(rest);
            }
            return status();
        });
    }

    private void boot(AtRest rest) {
        requireClean();
        Starting starting = rest.start();
        state = starting;
        parts.journal().append(new Event.PartitionStarting(name));
        console.mark(name + " starts");
        Boot boot = new Boot(parts, record, rest.held());
        try {
            Run run = boot.start(this::over);
            state = starting.started(run);
            promises.take(boot.promises());
            connect(run);
        } catch (RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            console.mark(name + " did not start: " + reason);
            fail(starting.failed("the start failed: " + reason));
            throw Boot.refusalIn(e)
                    .orElseGet(() -> new Refusal(Problem.of(ProblemCode.FAILED, name + " did not start: " + reason), e));
        }
        LOG.atInfo().addKeyValue("partition", name).addKeyValue("pid", pid()).log("Started");
        parts.journal().append(new Event.PartitionStarted(name, pid()));
    }

    private void connect(Run run) {
        console.connect(run.running().console());
    }

    private long pid() {
        return state instanceof Alive alive ? alive.run().pid() : 0;
    }

    PartitionStatus stop(boolean kill) {
        if (kill && state instanceof Stopping stopping) {
            stopping.run().askToKill();
        }
        return present(() -> {
            if (state instanceof Alive alive) {
                stop(alive, kill);
            } else if (state instanceof Failed failed) {
                requireClean();
                remember(Optional.of(new PartitionRecord.Ending(false, failed.why(), now())));
                state = failed.settled();
            }
            return status();
        });
    }

    private void stop(Alive alive, boolean kill) {
        Run run = alive.run();
        Stopping stopping = alive.stop();
        state = stopping;
        parts.journal().append(new Event.PartitionStopping(name));
        String how = "killed";
        if (alive instanceof Paused) {
            thawToStop();
        }
        if (!kill) {
            long patience = record.definition().stopTimeoutMillis();
            run.signal(InitProgram.of(record.definition().init(), name, record.automaticLogin()).stopSignal());
            boolean orderly = run.awaitEnd(Duration.ofMillis(patience));
            how = orderly ? "stopped" : "killed, it did not stop in " + patience + " ms";
        }
        Ending.Outcome outcome = ending.clear(run);
        promises.countKills();
        if (outcome.leftover().isPresent()) {
            unclean = true;
            fail(stopping.failed("it cannot be cleared away: " + outcome.leftover().get()));
            throw Refusal.of(ProblemCode.FAILED, name + " was stopped, but " + outcome.leftover().get());
        }
        settle(stopping.stopped(how), how);
    }

    private void thawToStop() {
        try {
            parts.cgroups().thaw(name);
        } catch (RuntimeException e) {
            // It can be killed all the same.
            LOG.atWarn().addKeyValue("partition", name).setCause(e).log("It could not be thawed to be stopped");
        }
    }

    /** A process of a run has ended; called where nothing may wait. */
    private void over(Run run) {
        parts.executor().execute(() -> locked(() -> {
            settleEnd(run);
            return null;
        }));
    }

    private void settleEnd(Run run) {
        if (!(state instanceof Alive alive) || alive.run() != run || gone) {
            return;
        }
        // The holder follows process 1 within a millisecond, and may be heard of first.
        boolean initEnded = run.awaitEnd(NEWS_PATIENCE);
        Ending.Outcome outcome = ending.clear(run);
        promises.countKills();
        ProcessEnd end = outcome.end();
        if (outcome.leftover().isPresent()) {
            unclean = true;
            fail(alive.failed("it ended and cannot be cleared away: " + outcome.leftover().get()));
            return;
        } else if (!initEnded) {
            fail(alive.failed("the process that holds its console was killed"));
            return;
        }
        Departure departure = Departure.of(record.definition().init(), end);
        if (departure == Departure.FAILED) {
            fail(alive.failed("process 1 " + (end instanceof ProcessEnd.Killed ? "was " : "") + end));
        } else {
            boolean reboot = departure == Departure.REBOOT;
            String how = reboot ? "rebooted itself" : "powered itself off";
            Bound bound = alive.ended(how);
            settle(bound, how);
            if (reboot) {
                restart(bound);
            }
        }
    }

    private void restart(Bound bound) {
        if (!restarts.allow(now())) {
            fail(bound.failed("it reboots in a circle"));
            return;
        }
        try {
            boot(bound);
        } catch (Refusal e) {
            LOG.atWarn().addKeyValue("partition", name).addKeyValue("reason", e.getMessage()).log("It did not restart");
        }
    }

    PartitionStatus pause() {
        return present(() -> {
            if (state instanceof Running running) {
                parts.cgroups().freeze(name);
                state = running.pause();
                parts.journal().append(new Event.PartitionPaused(name));
            } else if (!(state instanceof Paused)) {
                throw wrongState("only a running partition can be paused");
            }
            return status();
        });
    }

    PartitionStatus resume() {
        return present(() -> {
            if (state instanceof Paused paused) {
                parts.cgroups().thaw(name);
                state = paused.resume();
                parts.journal().append(new Event.PartitionResumed(name));
            } else if (!(state instanceof Running)) {
                throw wrongState("only a paused partition can be resumed");
            }
            return status();
        });
    }

    /** Process 1, for a command that is to run beside it. */
    ProcessId runningInit() {
        LifeState now = state;
        if (now instanceof Running running) {
            return running.run().running().init();
        }
        throw wrongState("commands can be run only in a running partition");
    }

    // ---- promises

    Certificate verify() {
        return present(() -> {
            List<Promise> read = state.slice().map(promises::look).orElse(List.of());
            return Certificate.of(name, now(), read);
        });
    }

    /** Looks after the promises, unless an order is being carried out. */
    void watch() {
        if (lock.tryLock()) {
            try {
                if (!gone) {
                    state.slice().ifPresent(slice -> {
                        promises.look(slice);
                        promises.countKills();
                    });
                }
            } finally {
                lock.unlock();
            }
        }
    }

    // ---- recovery

    /** Takes up a run that an earlier manager has started. */
    void adopt(RunningPartition running, long startedAtMillis) {
        present(() -> {
            Slice slice = record.slice().orElseThrow();
            Run run = new Run(running, startedAtMillis, parts.processes(), this::over);
            try (Undo undo = new Undo()) {
                undo.push("let the run go", run::close);
                undo.push("remember to clear it away", () -> unclean = true);
                Running adopted = new Starting(slice).started(run);
                state = parts.cgroups().isFrozen(name) ? adopted.pause() : adopted;
                undo.keep();
            }
            console.mark(name + " goes on, under a new manager");
            connect(run);
            promises.look(slice);
            promises.startCountingKills();
            parts.journal().append(new Event.PartitionAdopted(name, run.pid()));
            return status();
        });
    }

    /** Clears away what is left of a run and binds the slice again, as after a reboot of the host. */
    void rebind(Optional<PartitionRecord.Ending> lost, boolean leftovers) {
        present(() -> {
            if (leftovers) {
                unclean = true;
                requireClean();
            }
            lost.ifPresent(how -> {
                remember(lost);
                parts.journal().append(
                        how.failed()
                                ? new Event.PartitionFailed(name, how.text())
                                : new Event.PartitionStopped(name, how.text()));
            });
            state = atRest(record);
            state.slice().ifPresent(slice -> {
                parts.holdings().judgeAgain(record.definition(), slice).ifPresent(problem -> {
                    throw new Refusal(problem);
                });
                parts.cgroups().bind(name, slice);
                promises.look(slice);
                promises.startCountingKills();
            });
            return status();
        });
    }

    /** Its slice could not be bound, or its remains not be cleared away. */
    void failRecovery(String reason) {
        locked(() -> {
            if (state instanceof AtRest rest) {
                fail(new Failed(rest.held(), reason));
            }
            return null;
        });
    }

    /** Removes the groups of a partition at rest while its slice stays on record: the manager goes. */
    void leaveKernel() {
        present(() -> {
            requireAtRest("it still runs");
            requireClean();
            parts.cgroups().release(name);
            return status();
        });
    }

    // ---- common

    private void settle(Bound bound, String how) {
        remember(Optional.of(new PartitionRecord.Ending(false, how, now())));
        state = bound;
        console.mark(name + " has ended: " + how);
        LOG.atInfo().addKeyValue("partition", name).addKeyValue("reason", how).log("Stopped");
        parts.journal().append(new Event.PartitionStopped(name, how));
    }

    private void fail(Failed failed) {
        remember(Optional.of(new PartitionRecord.Ending(true, failed.why(), now())));
        state = failed;
        console.mark(name + " has failed: " + failed.why());
        LOG.atWarn().addKeyValue("partition", name).addKeyValue("reason", failed.why()).log("Failed");
        parts.journal().append(new Event.PartitionFailed(name, failed.why()));
    }

    private void remember(Optional<PartitionRecord.Ending> how) {
        PartitionRecord after = record.withEnding(how);
        try {
            parts.records().save(after);
        } catch (RuntimeException e) {
            // A note for people only; the partition is down all the same.
            LOG.atError().addKeyValue("partition", name).setCause(e).log("How a run ended could not be put on record");
        }
        record = after;
    }

    private void requireClean() {
        if (!unclean) {
            return;
        }
        Optional<String> leftover = ending.clearLeftovers();
        if (leftover.isPresent()) {
            throw Refusal.of(ProblemCode.FAILED, "an earlier run of " + name + " is still there: " + leftover.get());
        }
        unclean = false;
    }

    private void requireAtRest(String otherwise) {
        if (!(state instanceof AtRest) && !(state instanceof Defined)) {
            throw wrongState(otherwise);
        }
    }

    private Refusal wrongState(String remark) {
        String word = state.word().name().toLowerCase(Locale.ROOT);
        return Refusal.of(ProblemCode.WRONG_STATE, name + " is " + word + ": " + remark);
    }

    private Holding holding(PartitionRecord partition) {
        return new Holding(name, partition.slice(), partition.uidRange());
    }

    private long now() {
        return parts.clockMillis().getAsLong();
    }

    /** Carries an order out after whatever has happened by itself. */
    private <T> T present(Supplier<T> order) {
        return locked(() -> {
            if (gone) {
                throw Partitions.notFound(name);
            }
            if (state instanceof Alive alive && alive.run().initHasEnded()) {
                settleEnd(alive.run());
            }
            return order.get();
        });
    }

    private <T> T locked(Supplier<T> order) {
        lock.lock();
        try {
            return order.get();
        } finally {
            lock.unlock();
        }
    }
}
