package io.bulkhead.manager.life;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.record.RunRecord;
import io.bulkhead.manager.record.RunRecord.Phase;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import io.bulkhead.manager.start.StartRequest;
import io.bulkhead.manager.undo.Undo;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of one run: on record first, then the groups, then the processes, and process 1 is let run only when every
 * promise was read back and holds. For one thread.
 */
final class Boot {
    private static final Logger LOG = LoggerFactory.getLogger(Boot.class);

    private final LifeParts parts;
    private final PartitionRecord partition;
    private final Slice slice;
    private final PartitionName name;
    private List<Promise> promises = List.of();

    Boot(LifeParts parts, PartitionRecord partition, Slice slice) {
        this.parts = parts;
        this.partition = partition;
        this.slice = slice;
        this.name = partition.name();
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
            record(Phase.STARTING, Optional.empty());
            undo.push("strike the run off the record", () -> parts.records().removeRun(name));
            boolean systemd = partition.definition().init() instanceof Init.Systemd;
            cgroups.openPayload(name, partition.uidRange(), systemd);
            undo.push("remove the payload group", () -> cgroups.closePayload(name));
            RunningPartition running = parts.starter().start(request(), this::checkBeforeRelease);
            undo.push("close the run's descriptors", running::close);
            undo.push("kill what was started", () -> cgroups.killAll(name));
            long startedAtMillis =
                    record(Phase.RUNNING, Optional.of(new RunRecord.Processes(running.holder(), running.init())));
            Run run = new Run(running, startedAtMillis, parts.processes(), over);
            undo.keep();
            return run;
        }
    }

    private StartRequest request() {
        return new StartRequest(
                name,
                partition.definition().init(),
                partition.uidRange(),
                parts.directories().of(name),
                partition.definition().hostOpt(),
                partition.automaticLogin());
    }

    private void checkBeforeRelease(ProcessId holder, ProcessId init) {
        record(Phase.STARTING, Optional.of(new RunRecord.Processes(holder, init)));
        promises = parts.cgroups().readBack(name, slice);
        Promises.requireHeld(name, promises);
    }

    private long record(Phase phase, Optional<RunRecord.Processes> processes) {
        long now = parts.clockMillis().getAsLong();
        parts.records().saveRun(name, new RunRecord(parts.bootId(), phase, processes, now));
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
