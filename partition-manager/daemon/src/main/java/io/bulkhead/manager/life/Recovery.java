package io.bulkhead.manager.life;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.admission.Holding;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.record.RecordStore.Damaged;
import io.bulkhead.manager.record.RecordStore.Loaded;
import io.bulkhead.manager.record.RunRecord;
import io.bulkhead.manager.record.RunRecord.Phase;
import io.bulkhead.manager.start.RunningPartition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a new manager does first: brings the kernel and the records together again, whatever happened to the one before.
 *
 * <pre>
 *   on record        run on record     in the kernel          what is done
 *   damaged          any               any                    set aside, reported; its groups are nobody's
 *   yes              running           both processes alive   adopted
 *   yes              running           a process is gone      cleared away; failed (the end was not seen)
 *   yes              half-made         any                    cleared away; bound as before
 *   yes              of another boot   nothing                bound again
 *   yes              none              its groups             what is in them cleared away, bound again
 *   yes              none              nothing                bound again
 *   no               –                 groups                 killed and removed
 * </pre>
 *
 * One partition's trouble is that partition's alone. May be killed at any instant and run again. For one thread, before
 * orders are taken.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /** Why a partition that should start with the manager does not: others may have its place by now. */
    static final String RELEASED = "it is to start with the manager, but its slice was released; bind takes one";

    private final LifeParts parts;
    private final Partitions partitions;

    public Recovery(LifeParts parts, Partitions partitions) {
        this.parts = parts;
        this.partitions = partitions;
    }

    /** Recovers, and returns the partitions that are now to be started by {@link #autostart}. */
    public List<PartitionName> run() {
        Loaded loaded = parts.records().load();
        loaded.damaged().forEach(this::report);
        // All holdings first, so that nobody is judged against half of them.
        loaded.partitions().values().forEach(record -> parts.holdings()
                .restore(new Holding(record.definition(), record.slice(), record.uidRange(), record.address())));
        for (Path stranger : parts.directories().recover(loaded.partitions().keySet())) {
            LOG.atWarn()
                    .addKeyValue("path", stranger)
                    .log("Files belong to no partition on record; they are left alone");
        }
        removeStrangers(loaded.partitions());
        parts.walls().recover(loaded.partitions().keySet());
        parts.consoles().recover(loaded.partitions().keySet());
        List<PartitionName> toStart = new ArrayList<>();
        for (PartitionRecord record : loaded.partitions().values()) {
            PartitionLife life = partitions.add(record);
            boolean adopted = recover(life, Optional.ofNullable(loaded.runs().get(record.name())));
            if (!adopted) {
                life.settleFiles();
            }
            if (!adopted && record.definition().autostart()) {
                if (record.slice().isPresent()) {
                    toStart.add(record.name());
                } else {
                    parts.journal().append(new Event.PartitionFailed(record.name(), RELEASED));
                }
            }
        }
        // Whatever an earlier manager has left undone or not given back.
        partitions.keepHost();
        return toStart;
    }

    /** Starts partitions in their order; see {@link Autostart}. Returns at once. */
    public void autostart(List<PartitionName> names) {
        new Autostart(parts.executor())
                .start(partitions.sorted().stream()
                        .filter(life -> names.contains(life.name()))
                        .map(life -> new Autostart.Candidate(
                                life.name(), life.status().definition().startTurn(), life::start))
                        .toList());
    }

    private void report(Damaged damaged) {
        String text = "its record was damaged (" + damaged.reason() + ") and is kept as " + damaged.keptAs();
        damaged.partition().ifPresent(name -> parts.journal().append(new Event.PartitionFailed(name, text)));
    }

    private void removeStrangers(Map<PartitionName, PartitionRecord> known) {
        Set<PartitionName> strangers = new TreeSet<>(parts.cgroups().present());
        strangers.removeAll(known.keySet());
        for (PartitionName name : strangers) {
            try {
                LOG.atWarn()
                        .addKeyValue("partition", name)
                        .log("Groups belong to no partition on record; removing them");
                parts.cgroups().killAll(name);
                parts.cgroups().closePayload(name);
                parts.cgroups().release(name);
                parts.records().removeRun(name);
            } catch (RuntimeException e) {
                LOG.atError().addKeyValue("partition", name).setCause(e).log("Groups of nobody cannot be removed");
            }
        }
    }

    private boolean recover(PartitionLife life, Optional<RunRecord> run) {
        try {
            Optional<RunningPartition> running = run.flatMap(this::adoptable);
            if (running.isPresent()) {
                life.adopt(running.get(), run.get().startedAtMillis());
                // Whoever ordered it to stop got no answer, and it goes on: what comes now is another story.
                parts.records()
                        .saveRun(
                                life.name(),
                                new RunRecord(
                                        parts.bootId(),
                                        Phase.RUNNING,
                                        run.get().processes(),
                                        run.get().startedAtMillis()));
                return true;
            }
            life.rebind(run.flatMap(this::lost), parts.cgroups().present().contains(life.name()));
            parts.records().removeRun(life.name());
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("partition", life.name()).setCause(e).log("It cannot be taken up");
            life.failRecovery("it could not be taken up: " + e.getMessage());
        }
        return false;
    }

    private Optional<RunningPartition> adoptable(RunRecord run) {
        return run.phase() != Phase.HALF_MADE && run.bootId().equals(parts.bootId())
                ? run.processes().flatMap(processes -> parts.starter().adopt(processes.holder(), processes.init()))
                : Optional.empty();
    }

    /** What to say of a run that is not there any more; nothing of one that was never let run. */
    private Optional<PartitionRecord.Ending> lost(RunRecord run) {
        if (run.phase() == Phase.HALF_MADE) {
            return Optional.empty();
        }
        boolean sameBoot = run.bootId().equals(parts.bootId());
        if (run.phase() == Phase.STOPPING) {
            return Optional.of(new PartitionRecord.Ending(
                    false,
                    "stopped, under a manager that died meanwhile",
                    parts.clockMillis().getAsLong()));
        }
        String text = sameBoot ? "it ended while no manager was there" : "the host was restarted";
        return Optional.of(
                new PartitionRecord.Ending(sameBoot, text, parts.clockMillis().getAsLong()));
    }
}
