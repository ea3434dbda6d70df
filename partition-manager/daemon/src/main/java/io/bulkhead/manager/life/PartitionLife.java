package io.bulkhead.manager.life;

import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.generation.Rebase;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.partition.Certificate;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.Isolation;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.manager.cgroup.Cgroups.Usage;
import io.bulkhead.manager.console.ConsoleHub;
import io.bulkhead.manager.life.LifeState.Alive;
import io.bulkhead.manager.life.LifeState.Paused;
import io.bulkhead.manager.life.LifeState.Running;
import io.bulkhead.manager.life.LifeState.Stopping;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.restraint.Restraints;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The life of one partition: its lock, and behind it the room for each kind of order. Every verb is carried out under the
 * lock, leaves either its result or what was there before, and, asked again, finds its work done. {@link #status()} takes
 * no lock and shows the last complete state.
 *
 * <p>{@link Standing} is where it stands; {@link Redefinition} changes what it is and holds, {@link RunStart} and {@link
 * RunEnd} its runs, {@link Takeover} brings it over from an earlier manager, {@link PromiseWatch} reads what the kernel
 * says.
 */
final class PartitionLife {
    private final ReentrantLock lock = new ReentrantLock();
    private final LifeParts parts;
    private final PartitionName name;
    private final ConsoleHub console;
    private final PromiseWatch promises;
    private final Notices notices;
    private final BooleanSupplier lookAway;
    private final AtomicBoolean lookPending = new AtomicBoolean();
    private final Standing standing;
    private final Redefinition redefinition;
    private final RunStart starts;
    private final RunEnd ends;
    private final Takeover takeover;
    private final Rebasing rebasing;

    /**
     * @param lookAway whether promises are not to be looked after now
     */
    PartitionLife(LifeParts parts, PartitionRecord record, BooleanSupplier lookAway) {
        this.lookAway = lookAway;
        this.parts = parts;
        this.name = record.name();
        this.console = parts.consoles().open(name, record.definition().claim().console());
        this.notices = new Notices(parts.changes(), this::noticed);
        Ending ending = new Ending(parts, name, console);
        this.standing = new Standing(parts, record, console, ending);
        this.promises = new PromiseWatch(parts, name, standing::pid, ownWalls());
        this.redefinition = new Redefinition(parts, standing, promises);
        this.rebasing = new Rebasing(parts, standing);
        this.starts = new RunStart(parts, standing, promises, rebasing, this::over);
        this.ends = new RunEnd(parts, standing, promises, ending, starts);
        this.takeover = new Takeover(parts, standing, promises, this::over);
    }

    private PromiseWatch.OwnWalls ownWalls() {
        return new PromiseWatch.OwnWalls() {
            @Override
            public List<Promise> readBack() {
                return parts.walls().readBack(standing.record(), running());
            }

            @Override
            public boolean repair() {
                return parts.walls().repair(standing.record(), running());
            }
        };
    }

    private Optional<RunningPartition> running() {
        return standing.state() instanceof Alive alive ? Optional.of(alive.run().running()) : Optional.empty();
    }

    PartitionName name() {
        return name;
    }

    ConsoleHub console() {
        return console;
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
                run.map(Run::startedAtMillis),
                now.slice().map(slice -> isolation(slice, reading.promises())),
                intrusion(now),
                parts.generations().drift(on.generation(), on.rebase(), on.wayBack()),
                on.address().filter(address -> isOnBridge(now)));
    }

    /** What it uses now; takes no lock. */
    PartitionUsage usage() {
        LifeState now = standing.state();
        Usage read = now.slice().isPresent() ? parts.cgroups().usage(name) : Usage.NONE;
        return new PartitionUsage(
                name,
                now.word(),
                now.slice(),
                standing.now(),
                read.cpuMicros(),
                read.memory(),
                read.tasks(),
                promises.kills(),
                promises.tasksRefused(),
                intrusion(now),
                now.slice().flatMap(slice -> parts.cgroups().pressure(name)));
    }

    private static boolean isOnBridge(LifeState now) {
        return now.slice()
                .flatMap(Slice::network)
                .filter(network -> network.device().isEmpty())
                .isPresent();
    }

    private Optional<Intrusion> intrusion(LifeState now) {
        return wholeCpus(now).flatMap(cpus -> parts.intrusions().apply(name, cpus));
    }

    /** The whole CPUs that it holds, if it does; takes no lock. */
    Optional<CpuSet> wholeCpus() {
        return wholeCpus(standing.state());
    }

    private static Optional<CpuSet> wholeCpus(LifeState now) {
        return now.slice()
                .map(Slice::cpus)
                .filter(CpuSlice.Whole.class::isInstance)
                .map(cpus -> ((CpuSlice.Whole) cpus).cpus());
    }

    private Isolation isolation(Slice slice, List<Promise> read) {
        return parts.keeping()
                .isolation(
                        name,
                        slice,
                        read,
                        parts.cgroups().balancesLoad(name),
                        parts.holdings().all());
    }

    // ---- definition and slice

    /** Changes the definition or the slice; empty if the partition was deleted meanwhile. */
    Optional<PartitionStatus> redefine(Wanted wanted) {
        return locked(() -> {
            if (standing.gone()) {
                return Optional.empty();
            }
            redefinition.redefine(wanted);
            return Optional.of(status());
        });
    }

    PartitionStatus bind(Slice slice) {
        return order(() -> redefinition.bind(slice));
    }

    PartitionStatus release() {
        return order(redefinition::release);
    }

    /** Removes everything; the caller forgets this object. */
    void delete(boolean wipe, Runnable forget) {
        locked(() -> {
            if (!standing.gone()) {
                redefinition.delete(wipe, forget);
            }
            return null;
        });
    }

    // ---- files

    /** What it is on record, for whoever counts who needs which generation. */
    PartitionRecord record() {
        return standing.record();
    }

    PartitionDifferences differences() {
        return present(rebasing::differences);
    }

    Rebase rebase() {
        return present(rebasing::rebase);
    }

    Rebase undoRebase() {
        return present(rebasing::undo);
    }

    /** Gives up the way back from its last rebase; whether there was one. */
    boolean dropWayBack() {
        return present(rebasing::dropWayBack);
    }

    /** Brings a rebase that an earlier manager has left half-done to an end. */
    void settleFiles() {
        locked(() -> {
            rebasing.settleAfterAll();
            return null;
        });
    }

    // ---- runs

    PartitionStatus start() {
        return order(starts::start);
    }

    PartitionStatus stop(boolean kill) {
        if (kill && standing.state() instanceof Stopping stopping) {
            stopping.run().askToKill();
        }
        return order(() -> ends.stop(kill));
    }

    /** A process of a run has ended; called where nothing may wait. */
    private void over(Run run) {
        parts.executor()
                .execute(() -> locked(() -> {
                    ends.settle(run);
                    return null;
                }));
    }

    PartitionStatus pause() {
        return order(() -> {
            LifeState state = standing.state();
            if (state instanceof Running running) {
                parts.cgroups().freeze(name);
                standing.become(running.pause());
                parts.journal().append(new Event.PartitionPaused(name));
            } else if (!(state instanceof Paused)) {
                throw standing.wrongState("only a running partition can be paused");
            }
        });
    }

    PartitionStatus resume() {
        return order(() -> {
            LifeState state = standing.state();
            if (state instanceof Paused paused) {
                parts.cgroups().thaw(name);
                standing.become(paused.resume());
                parts.journal().append(new Event.PartitionResumed(name));
            } else if (!(state instanceof Running)) {
                throw standing.wrongState("only a paused partition can be resumed");
            }
        });
    }

    /** Process 1, for a command that is to run beside it. */
    ProcessId runningInit() {
        if (standing.state() instanceof Running running) {
            return running.run().running().init();
        }
        throw standing.wrongState("commands can be run only in a running partition");
    }

    /** What a command beside process 1 may not do. */
    Restraints restraints() {
        return parts.restrainer().of(standing.record().definition());
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
                lookAfter();
                followNotices();
            } finally {
                lock.unlock();
            }
        }
    }

    /** The kernel gives notice of a change: looks after the promises as soon as no order is being carried out. */
    private void noticed() {
        if (lookAway.getAsBoolean() || !lookPending.compareAndSet(false, true)) {
            return;
        }
        try {
            parts.executor()
                    .execute(() -> locked(() -> {
                        lookPending.set(false);
                        lookAfter();
                        return null;
                    }));
        } catch (RejectedExecutionException e) {
            // The manager goes, and nobody would hear of it.
            lookPending.set(false);
        }
    }

    private void lookAfter() {
        if (standing.gone() || lookAway.getAsBoolean()) {
            return;
        }
        standing.state().slice().ifPresent(slice -> {
            promises.look(slice);
            promises.repair(slice);
            promises.tellCounts();
        });
    }

    /** Keeps open what there is now: groups, and with them their files, come and go with orders. */
    private void followNotices() {
        boolean bound = !standing.gone() && standing.state().slice().isPresent();
        notices.follow(bound ? parts.cgroups().noticeFiles(name) : List.of());
    }

    // ---- the manager comes and goes

    /** Takes up a run that an earlier manager has started. */
    void adopt(RunningPartition running, long startedAtMillis) {
        order(() -> takeover.adopt(running, startedAtMillis));
    }

    /** Clears away what is left of a run and binds the slice again, as after a reboot of the host. */
    void rebind(Optional<PartitionRecord.Ending> lost, boolean groups) {
        order(() -> takeover.rebind(lost, groups));
    }

    /** Its slice could not be bound, or its remains not be cleared away. */
    void failRecovery(String reason) {
        locked(() -> {
            takeover.fail(reason);
            return null;
        });
    }

    /** Removes the groups of a partition at rest while its slice stays on record: the manager goes. */
    void leaveKernel() {
        order(redefinition::leaveKernel);
    }

    // ---- one at a time

    private PartitionStatus order(Runnable order) {
        return present(() -> {
            order.run();
            return status();
        });
    }

    /** Carries an order out after whatever has happened by itself. */
    private <T> T present(Supplier<T> order) {
        return locked(() -> {
            if (standing.gone()) {
                throw Partitions.notFound(name);
            }
            if (standing.state() instanceof Alive alive && alive.run().initHasEnded()) {
                ends.settle(alive.run());
            }
            return order.get();
        });
    }

    private <T> T locked(Supplier<T> order) {
        lock.lock();
        try {
            return order.get();
        } finally {
            try {
                followNotices();
            } finally {
                lock.unlock();
            }
        }
    }
}
