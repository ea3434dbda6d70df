package io.bulkhead.manager.life;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.StreamMessage.Mark;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.manager.life.LifeState.AtRest;
import io.bulkhead.manager.life.LifeState.Failed;
import io.bulkhead.manager.life.LifeState.Running;
import io.bulkhead.manager.life.LifeState.Starting;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.undo.Undo;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a new manager takes up one partition that an earlier one has left; which way is right, {@link Recovery} decides.
 * Under the partition's lock.
 */
final class Takeover {
    private final LifeParts parts;
    private final PartitionName name;
    private final Standing standing;
    private final PromiseWatch promises;
    private final Consumer<Run> over;

    /**
     * @param over told when a process of a run has ended, where nothing may wait
     */
    Takeover(LifeParts parts, Standing standing, PromiseWatch promises, Consumer<Run> over) {
        this.parts = parts;
        this.name = standing.name();
        this.standing = standing;
        this.promises = promises;
        this.over = over;
    }

    /** Takes up a run that an earlier manager has started. */
    void adopt(RunningPartition running, long startedAtMillis) {
        Slice slice = standing.record().slice().orElseThrow();
        Run run = new Run(running, startedAtMillis, parts.processes(), over);
        try (Undo undo = new Undo()) {
            undo.push("let the run go", run::close);
            undo.push("remember to clear it away", standing::markUnclean);
            Running adopted = new Starting(slice).started(run);
            standing.become(parts.cgroups().isFrozen(name) ? adopted.pause() : adopted);
            undo.keep();
        }
        parts.walls().adopt(standing.record(), running);
        standing.console()
                .mark(
                        Mark.Kind.MANAGER_RESTARTED,
                        "by process " + ProcessHandle.current().pid(),
                        name + " goes on, under a new manager");
        standing.console().connect(run.running().console());
        promises.look(slice);
        promises.startCounting();
        parts.journal().append(new Event.PartitionAdopted(name, run.pid()));
    }

    /**
     * Clears away what is left of a run and binds the slice again, as after a reboot of the host.
     *
     * @param groups whether its groups are there: a start that was cut off may have left something in them
     */
    void rebind(Optional<PartitionRecord.Ending> lost, boolean groups) {
        if (groups) {
            standing.markUnclean();
            standing.requireClean();
        }
        lost.ifPresent(how -> {
            standing.remember(how);
            standing.console().mark(Mark.Kind.RUN_ENDED, how.text(), name + " is not there any more: " + how.text());
            parts.journal()
                    .append(
                            how.failed()
                                    ? new Event.PartitionFailed(name, how.text())
                                    : new Event.PartitionStopped(name, how.text()));
        });
        standing.comeToRest();
        PartitionRecord record = standing.record();
        record.slice().ifPresent(slice -> {
            parts.holdings().judgeAgain(record.definition(), slice).ifPresent(problem -> {
                throw new Refusal(problem);
            });
            parts.cgroups().bind(name, slice);
            parts.walls().bind(record);
            promises.look(slice);
            promises.startCounting();
        });
    }

    /** Its slice could not be bound, or its remains not be cleared away. */
    void fail(String reason) {
        if (standing.state() instanceof AtRest rest) {
            standing.fail(new Failed(rest.held(), reason));
        }
    }
}
