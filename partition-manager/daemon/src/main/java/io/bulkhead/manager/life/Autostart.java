package io.bulkhead.manager.life;

import io.bulkhead.contract.partition.PartitionName;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts partitions turn by turn: those of one turn at the same time, those of the next when each of them has been let run
 * or has failed to. One that fails holds up nobody: what it was needed for finds out by itself, and a host comes up with
 * as much as it can.
 */
final class Autostart {
    private static final Logger LOG = LoggerFactory.getLogger(Autostart.class);

    private final Executor executor;

    /**
     * A partition to start.
     *
     * @param name which
     * @param turn lower ones first
     * @param start starts it; returns when its process 1 was let run, throws where it was not
     */
    record Candidate(PartitionName name, int turn, Runnable start) {}

    /** @param executor runs each start, and what waits for them, on threads of their own */
    Autostart(Executor executor) {
        this.executor = executor;
    }

    /** Starts all of them; returns at once. What fails is in the journal and in the partition's state. */
    void start(List<Candidate> candidates) {
        List<List<Candidate>> turns = new ArrayList<>(candidates.stream()
                .collect(Collectors.groupingBy(Candidate::turn, TreeMap::new, Collectors.toList()))
                .values());
        if (!turns.isEmpty()) {
            executor.execute(() -> turns.forEach(this::startTogether));
        }
    }

    private void startTogether(List<Candidate> turn) {
        CompletableFuture<?>[] starts = turn.stream()
                .map(candidate -> CompletableFuture.runAsync(() -> start(candidate), executor))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(starts).join();
    }

    private static void start(Candidate candidate) {
        try {
            candidate.start().run();
        } catch (RuntimeException | Error e) {
            LOG.atWarn()
                    .addKeyValue("partition", candidate.name())
                    .addKeyValue("reason", e.getMessage())
                    .log("It did not start with the manager");
        }
    }
}
