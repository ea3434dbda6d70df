package io.bulkhead.manager.life;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every promise again each second, on a thread of its own, so that drift is an event within two seconds; what the
 * kernel gives notice of ({@link Notices}) is looked at sooner. A partition whose order is being carried out is left out:
 * the order reads for itself. The host's online CPUs are looked at first; every few seconds interrupts, kernel workers
 * and the host's caps are brought back to where they were put.
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

    private void look(Partitions partitions) {
        attempt(partitions::lookAfterAll);
        if (++looks % LOOKS_PER_LOOK_AT_HOST == 0) {
            attempt(partitions::lookAfterHost);
        }
    }

    private static void attempt(Runnable look) {
        try {
            look.run();
        } catch (RuntimeException e) {
            // The next look may see more; without this there would be none.
            LOG.atError().setCause(e).log("The host could not be watched");
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
