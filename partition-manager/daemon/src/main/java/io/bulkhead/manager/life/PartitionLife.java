package io.bulkhead.manager.life;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Order.DefinePartition;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Certificate;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
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

    private final Standing standing;
    private final Redefinition redefinition;

    PartitionLife(LifeParts parts, PartitionRecord record) {
        this.parts = parts;
        this.name = record.name();
        this.console = parts.consoles().apply(name);
        this.ending = new Ending(parts, name, console);
        this.promises = new PromiseWatch(parts.cgroups(), name, parts.journal());
        this.standing = new Standing(parts, record, console, ending);
        this.redefinition = new Redefinition(parts, standing, promises);
    }

    PartitionName name() {
        return name;
    }

    ConsoleHub console() {
        return console;
    }

    PartitionRecord record() {
        return standing.record();
    }

    PartitionStatus status() {
        LifeState now = standing.state();
        PartitionRecord on = standing.record();
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
            if (standing.gone()) {
                return Optional.empty();
            }
            redefinition.redefine(order);
            return Optional.of(status());
        });
    }

    PartitionStatus bind(Slice slice) {
        return present(() -> {
            redefinition.bind(slice);
            return status();
        });
    }

    PartitionStatus release() {
        return present(() -> {
            redefinition.release();
            return status();
        });
    }

    /** Removes everything; the caller forgets this object. */
    void delete(Runnable forget) {
        locked(() -> {
            if (!standing.gone()) {
                redefinition.delete(forget);
            }
            return null;
        });
    }

    // ---- runs

    PartitionStatus start() {
        return present(() -> {
            if (standing.state() instanceof Paused) {
                throw standing.wrongState("it is paused; resume it");
            } else if (standing.state() instanceof Defined) {
                throw standing.wrongState("it holds no slice; bind it first");
            } else if (standing.state() instanceof AtRest rest) {
                boot(rest);
            }
            return status();
        });
    }

    private void boot(AtRest rest) {
        standing.requireClean();
        Starting starting = rest.start();
        standing.become(starting);
        parts.journal().append(new Event.PartitionStarting(name));
        console.mark(name + " starts");
        Boot boot = new Boot(parts, standing.record(), rest.held());
        try {
            Run run = boot.start(this::over);
            standing.become(starting.started(run));
            promises.take(boot.promises());
            connect(run);
        } catch (RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            console.mark(name + " did not start: " + reason);
            standing.fail(starting.failed("the start failed: " + reason));
            throw Boot.refusalIn(e)
                    .orElseGet(
                            () -> new Refusal(Problem.of(ProblemCode.FAILED, name + " did not start: " + reason), e));
        }
        LOG.atInfo()
                .addKeyValue("partition", name)
                .addKeyValue("pid", standing.pid())
                .log("Started");
        parts.journal().append(new Event.PartitionStarted(name, standing.pid()));
    }

    private void connect(Run run) {
        console.connect(run.running().console());
    }

    PartitionStatus stop(boolean kill) {
        if (kill && standing.state() instanceof Stopping stopping) {
            stopping.run().askToKill();
        }
        return present(() -> {
            if (standing.state() instanceof Alive alive) {
                stop(alive, kill);
            } else if (standing.state() instanceof Failed failed) {
                standing.requireClean();
                standing.remember(new PartitionRecord.Ending(false, failed.why(), standing.now()));
                standing.become(failed.settled());
            }
            return status();
        });
    }

    private void stop(Alive alive, boolean kill) {
        Run run = alive.run();
        Stopping stopping = alive.stop();
        standing.become(stopping);
        parts.journal().append(new Event.PartitionStopping(name));
        String how = "killed";
        if (alive instanceof Paused) {
            thawToStop();
        }
        if (!kill) {
            long patience = standing.record().definition().stopTimeoutMillis();
            int signal = InitProgram.of(
                            standing.record().definition().init(),
                            name,
                            standing.record().automaticLogin())
                    .stopSignal();
            boolean orderly = run.stopInOrder(signal, Duration.ofMillis(patience));
            how = orderly ? "stopped" : "killed, it did not stop in " + patience + " ms";
        }
        Ending.Outcome outcome = ending.clear(run);
        promises.countKills();
        if (outcome.leftover().isPresent()) {
            standing.markUnclean();
            standing.fail(stopping.failed(
                    "it cannot be cleared away: " + outcome.leftover().get()));
            throw Refusal.of(
                    ProblemCode.FAILED,
                    name + " was stopped, but " + outcome.leftover().get());
        }
        standing.settle(stopping.stopped(how), how);
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
        parts.executor()
                .execute(() -> locked(() -> {
                    settleEnd(run);
                    return null;
                }));
    }

    private void settleEnd(Run run) {
        if (!(standing.state() instanceof Alive alive) || alive.run() != run || standing.gone()) {
            return;
        }
        // The holder follows process 1 within a millisecond, and may be heard of first.
        boolean initEnded = run.awaitEnd(NEWS_PATIENCE);
        Ending.Outcome outcome = ending.clear(run);
        promises.countKills();
        ProcessEnd end = outcome.end();
        if (outcome.leftover().isPresent()) {
            standing.markUnclean();
            standing.fail(alive.failed(
                    "it ended and cannot be cleared away: " + outcome.leftover().get()));
            return;
        } else if (!initEnded) {
            standing.fail(alive.failed("the process that holds its console was killed"));
            return;
        }
        Departure departure = Departure.of(standing.record().definition().init(), end);
        if (departure == Departure.FAILED) {
            standing.fail(alive.failed("process 1 " + (end instanceof ProcessEnd.Killed ? "was " : "") + end));
        } else {
            boolean reboot = departure == Departure.REBOOT;
            String how = reboot ? "rebooted itself" : "powered itself off";
            Bound bound = alive.ended(how);
            standing.settle(bound, how);
            if (reboot) {
                restart(bound);
            }
        }
    }

    private void restart(Bound bound) {
        if (!restarts.allow(standing.now())) {
            standing.fail(bound.failed("it reboots in a circle"));
            return;
        }
        try {
            boot(bound);
        } catch (Refusal e) {
            LOG.atWarn()
                    .addKeyValue("partition", name)
                    .addKeyValue("reason", e.getMessage())
                    .log("It did not restart");
        }
    }

    PartitionStatus pause() {
        return present(() -> {
            if (standing.state() instanceof Running running) {
                parts.cgroups().freeze(name);
                standing.become(running.pause());
                parts.journal().append(new Event.PartitionPaused(name));
            } else if (!(standing.state() instanceof Paused)) {
                throw standing.wrongState("only a running partition can be paused");
            }
            return status();
        });
    }

    PartitionStatus resume() {
        return present(() -> {
            if (standing.state() instanceof Paused paused) {
                parts.cgroups().thaw(name);
                standing.become(paused.resume());
                parts.journal().append(new Event.PartitionResumed(name));
            } else if (!(standing.state() instanceof Running)) {
                throw standing.wrongState("only a paused partition can be resumed");
            }
            return status();
        });
    }

    /** Process 1, for a command that is to run beside it. */
    ProcessId runningInit() {
        LifeState now = standing.state();
        if (now instanceof Running running) {
            return running.run().running().init();
        }
        throw standing.wrongState("commands can be run only in a running partition");
    }

    // ---- promises

    Certificate verify() {
        return present(() -> {
            List<Promise> read = standing.state().slice().map(promises::look).orElse(List.of());
            return Certificate.of(name, standing.now(), read);
        });
    }

    /** Looks after the promises, unless an order is being carried out. */
    void watch() {
        if (lock.tryLock()) {
            try {
                if (!standing.gone()) {
                    standing.state().slice().ifPresent(slice -> {
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
            Slice slice = standing.record().slice().orElseThrow();
            Run run = new Run(running, startedAtMillis, parts.processes(), this::over);
            try (Undo undo = new Undo()) {
                undo.push("let the run go", run::close);
                undo.push("remember to clear it away", () -> standing.markUnclean());
                Running adopted = new Starting(slice).started(run);
                standing.become(parts.cgroups().isFrozen(name) ? adopted.pause() : adopted);
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
                standing.markUnclean();
                standing.requireClean();
            }
            lost.ifPresent(how -> {
                standing.remember(how);
                parts.journal()
                        .append(
                                how.failed()
                                        ? new Event.PartitionFailed(name, how.text())
                                        : new Event.PartitionStopped(name, how.text()));
            });
            standing.comeToRest();
            standing.state().slice().ifPresent(slice -> {
                parts.holdings()
                        .judgeAgain(standing.record().definition(), slice)
                        .ifPresent(problem -> {
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
            if (standing.state() instanceof AtRest rest) {
                standing.fail(new Failed(rest.held(), reason));
            }
            return null;
        });
    }

    /** Removes the groups of a partition at rest while its slice stays on record: the manager goes. */
    void leaveKernel() {
        present(() -> {
            redefinition.leaveKernel();
            return status();
        });
    }

    // ---- common

    /** Carries an order out after whatever has happened by itself. */
    private <T> T present(Supplier<T> order) {
        return locked(() -> {
            if (standing.gone()) {
                throw Partitions.notFound(name);
            }
            if (standing.state() instanceof Alive alive && alive.run().initHasEnded()) {
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
