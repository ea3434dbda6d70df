package io.bulkhead.manager.life;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.StreamMessage.Mark;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.life.LifeState.AtRest;
import io.bulkhead.manager.life.LifeState.Defined;
import io.bulkhead.manager.life.LifeState.Paused;
import io.bulkhead.manager.life.LifeState.Starting;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a run begins: from rest through {@link Boot} to running, or to failed, and everybody is told. Under the partition's
 * lock.
 */
final class RunStart {
    private static final Logger LOG = LoggerFactory.getLogger(RunStart.class);

    private final LifeParts parts;
    private final PartitionName name;
    private final Standing standing;
    private final PromiseWatch promises;
    private final Rebasing rebasing;
    private final Consumer<Run> over;

    /**
     * @param rebasing what is to be done with its files first
     * @param over told when a process of a run has ended, where nothing may wait
     */
    RunStart(LifeParts parts, Standing standing, PromiseWatch promises, Rebasing rebasing, Consumer<Run> over) {
        this.parts = parts;
        this.name = standing.name();
        this.standing = standing;
        this.promises = promises;
        this.rebasing = rebasing;
        this.over = over;
    }

    /** Starts what is at rest; what runs already is left alone. */
    void start() {
        LifeState state = standing.state();
        if (state instanceof Paused) {
            throw standing.wrongState("it is paused; resume it");
        } else if (state instanceof Defined) {
            throw standing.wrongState("it holds no slice; bind it first");
        } else if (state instanceof AtRest rest) {
            boot(rest);
        }
    }

    /** Starts, or fails and throws {@link Refusal}. */
    void boot(AtRest rest) {
        standing.requireClean();
        rebasing.beforeStart();
        Starting starting = rest.start();
        standing.become(starting);
        parts.journal().append(new Event.PartitionStarting(name));
        standing.console().mark(Mark.Kind.RUN_BEGAN, "", name + " starts");
        Boot boot = new Boot(parts, standing.record(), rest.held(), standing.console());
        try {
            Run run = boot.start(over);
            standing.become(starting.started(run));
            promises.take(boot.promises());
        } catch (RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            standing.console().say(name + " did not start: " + reason);
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
}
