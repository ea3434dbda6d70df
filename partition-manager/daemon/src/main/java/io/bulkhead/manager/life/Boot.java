package io.bulkhead.manager.life;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.console.ConsoleHub;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.record.RunRecord;
import io.bulkhead.manager.record.RunRecord.Phase;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.StartRequest;
import io.bulkhead.manager.undo.Undo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of one run: the groups, then the processes, and process 1 is let run only when every promise was read back
 * and holds. Then the run goes on record; what was begun before that is found by its groups. For one thread.
 */
final class Boot {
    private static final Logger LOG = LoggerFactory.getLogger(Boot.class);

    /** A killed process leaves its group just before it can be reaped. */
    private static final Duration LAST_BREATH = Duration.ofSeconds(5);

    private final LifeParts parts;
    private final PartitionRecord partition;
    private final Slice slice;
    private final PartitionName name;
    private final ConsoleHub console;
    private List<Promise> promises = List.of();

    /**
     * @param console takes what process 1 says from its first byte on
     */
    Boot(LifeParts parts, PartitionRecord partition, Slice slice, ConsoleHub console) {
        this.parts = parts;
        this.partition = partition;
        this.slice = slice;
        this.name = partition.name();
        this.console = console;
    }

    /** The promises as they were when process 1 was let run. */
    List<Promise> promises() {
        return promises;
    }

    /**
     * Starts, or throws and leaves everything as it was. That somebody has turned the knobs while the partition was down
     * is seen by the look before the release; only then they are turned back, and all begins once more.
     */
    Run start(Consumer<Run> over) {
        try {
            return attempt(over);
        } catch (RuntimeException e) {
            if (Promises.broken(parts.cgroups().readBack(name, slice)).isEmpty()) {
                throw e;
            }
            LOG.atWarn()
                    .addKeyValue("partition", name)
                    .addKeyValue("reason", e.getMessage())
                    .log("Binding it again");
            parts.cgroups().bind(name, slice);
            return attempt(over);
        }
    }

    private Run attempt(Consumer<Run> over) {
        Cgroups cgroups = parts.cgroups();
        try (Undo undo = new Undo()) {
            undo.push("strike the run off the record", () -> parts.records().removeRun(name));
            boolean systemd = partition.definition().init() instanceof Init.Systemd;
            cgroups.openPayload(name, partition.uidRange(), systemd);
            undo.push("remove the payload group", () -> cgroups.closePayload(name));
            undo.push("clear the walls of this run", () -> parts.walls().afterRun(name));
            RunningPartition running =
                    parts.starter().start(parts.walls().beforeBoot(partition, request(), undo), this::prepareRelease);
            undo.push("close the run's descriptors", running::close);
            undo.push("let the console go", console::disconnect);
            undo.push("kill what was started", () -> killAndReap(running));
            long startedAtMillis = record(running);
            Run run = new Run(running, startedAtMillis, parts.processes(), over);
            undo.keep();
            parts.walls().afterRelease(partition, running);
            return run;
        }
    }

    /** The holder is our child: dead, it stays in the table of processes until somebody has asked how it ended. */
    private void killAndReap(RunningPartition running) {
        parts.cgroups().killAll(name);
        if (parts.processes().awaitEnd(running.holderFd(), LAST_BREATH).isEmpty()) {
            throw new IllegalStateException(running.holder() + " has survived its killing");
        }
    }

    private StartRequest request() {
        return new StartRequest(
                name,
                partition.definition().init(),
                partition.uidRange(),
                parts.directories().of(name),
                partition.definition().hostOpt(),
                partition.automaticLogin(),
                parts.restrainer().of(partition.definition()));
    }

    private void prepareRelease(RunningPartition running, Undo undo) {
        List<Promise> read = new ArrayList<>(parts.cgroups()
                .readBackAtBirth(
                        name,
                        slice,
                        List.of(running.holder().pid(), running.init().pid())));
        Promises.requireHeld(name, read);
        parts.walls().beforeRelease(partition, running, undo);
        read.addAll(parts.walls().readBack(partition, Optional.of(running)));
        Promises.requireHeld(name, read);
        promises = List.copyOf(read);
        undo.push("let the console go", console::disconnect);
        console.connect(running.console());
    }

    /** Puts the run on record and returns when that was, milliseconds since 1970 UTC. */
    private long record(RunningPartition running) {
        long now = parts.clockMillis().getAsLong();
        RunRecord.Processes processes = new RunRecord.Processes(running.holder(), running.init());
        parts.records().saveRun(name, new RunRecord(parts.bootId(), Phase.RUNNING, Optional.of(processes), now));
        return now;
    }

    /** The refusal that lies under an exception, however the layers between have wrapped it. */
    static Optional<Refusal> refusalIn(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return Optional.of(refusal);
            }
        }
        return Optional.empty();
    }
}
