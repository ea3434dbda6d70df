package io.bulkhead.manager.life;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.console.ConsoleHub;
import io.bulkhead.manager.record.RunRecord;
import io.bulkhead.manager.record.RunRecord.Phase;
import io.bulkhead.manager.sys.ProcessEnd;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clearing away of a run: every task killed, the console drained, descriptors closed, the payload group and the
 * record of the run removed. Does all that can be done even if a part of it fails.
 */
final class Ending {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    /** How long the holder may take to hand on how process 1 ended; it takes about a millisecond. */
    private static final Duration HOLDER_PATIENCE = Duration.ofSeconds(2);

    private final LifeParts parts;
    private final PartitionName name;
    private final ConsoleHub console;

    Ending(LifeParts parts, PartitionName name, ConsoleHub console) {
        this.parts = parts;
        this.name = name;
        this.console = console;
    }

    /** What came of it: how process 1 ended, and why something is left, if so. */
    record Outcome(ProcessEnd end, Optional<String> leftover) {}

    /** Ends a run whose process 1 has ended, or must now. */
    Outcome clear(Run run) {
        Optional<ProcessEnd> byItself = run.initHasEnded() ? Optional.of(end(run, HOLDER_PATIENCE)) : Optional.empty();
        Optional<String> leftover =
                attempt("kill every task", () -> parts.cgroups().killAll(name));
        ProcessEnd end = byItself.orElseGet(() -> end(run, leftover.isEmpty() ? HOLDER_PATIENCE : Duration.ZERO));
        attempt("let the console go", console::disconnect);
        attempt("close the descriptors", run::close);
        return new Outcome(end, leftover.or(this::clearKernel));
    }

    /**
     * How it ended, as far as the kernel tells: what is not known must not keep the rest from being cleared away. Asked
     * twice, since who asks reaps the holder too.
     */
    private ProcessEnd end(Run run, Duration patience) {
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                return run.end(patience);
            } catch (RuntimeException e) {
                LOG.atWarn().addKeyValue("partition", name).setCause(e).log("How process 1 ended is not known");
            }
        }
        return new ProcessEnd.Unknown();
    }

    /** Removes what a run without descriptors has left: tasks, payload group, record. The reason if that fails. */
    Optional<String> clearLeftovers() {
        return attempt("kill every task", () -> parts.cgroups().killAll(name)).or(this::clearKernel);
    }

    private Optional<String> clearKernel() {
        Optional<String> leftover =
                attempt("remove the payload group", () -> parts.cgroups().closePayload(name));
        Optional<String> wall = attempt("clear its walls", () -> parts.walls().afterRun(name));
        leftover = leftover.or(() -> wall);
        if (leftover.isEmpty()) {
            attempt("strike the run off the record", () -> parts.records().removeRun(name));
        } else {
            // Whoever finds this record must clean up, not adopt.
            attempt("mark the run as half-made", () -> parts.records()
                    .saveRun(name, new RunRecord(parts.bootId(), Phase.HALF_MADE, Optional.empty(), 0)));
        }
        return leftover;
    }

    private Optional<String> attempt(String step, Runnable work) {
        try {
            work.run();
            return Optional.empty();
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("partition", name)
                    .addKeyValue("step", step)
                    .setCause(e)
                    .log("The end of a run is not clean");
            return Optional.of(step + ": " + e.getMessage());
        }
    }
}
