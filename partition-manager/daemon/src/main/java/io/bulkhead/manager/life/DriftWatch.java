package io.bulkhead.manager.life;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every promise again each second, on a thread of its own, so that drift is an event within two seconds. A
 * partition whose order is being carried out is left out: the order reads for itself. Every few seconds interrupts,
 * kernel workers and the host's caps are brought back to where they were put.
 */
public final class DriftWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DriftWatch.class);
    private static final long PERIOD_MILLIS = 1000;

    /** The host's interrupts and caps are many files, and nobody's promise is at stake within seconds. */
    private static final int LOOKS_PER_LOOK_AT_HOST = 5;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "drift-watch");
        thread.setDaemon(true);
        return thread;
    });

    private volatile boolean paused;
    private int looks;

    /** Watches until closed. */
    public DriftWatch(Partitions partitions) {
        this(partitions, PERIOD_MILLIS);
    }

    DriftWatch(Partitions partitions, long periodMillis) {
        // Ends with its clock; what goes wrong in a look is logged there.
        ScheduledFuture<?> unused =
                clock.scheduleWithFixedDelay(() -> look(partitions), periodMillis, periodMillis, TimeUnit.MILLISECONDS);
    }

    /** Whether to look away: while everything is taken down, nothing that vanishes is news. */
    public void pause(boolean wanted) {
        paused = wanted;
    }

    private void look(Partitions partitions) {
        if (paused) {
            return;
        }
        for (PartitionLife life : partitions.sorted()) {
            try {
                life.watch();
            } catch (RuntimeException e) {
                LOG.atError()
                        .addKeyValue("partition", life.name())
                        .setCause(e)
                        .log("Its promises could not be watched");
            }
        }
        if (++looks % LOOKS_PER_LOOK_AT_HOST == 0) {
            keepHost(partitions);
        }
    }

    private static void keepHost(Partitions partitions) {
        try {
            partitions.keepHost();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("The host could not be watched");
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
