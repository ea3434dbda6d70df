package io.bulkhead.manager.cgroup;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for the kernel where it offers no notice: looks again, less and less often. */
public final class Deadline {
    private static final long FIRST_PAUSE_MICROS = 200;
    private static final long LONGEST_PAUSE_MICROS = 20_000;

    private Deadline() {}

    /** Looks until it is so or the time is over; an interrupt ends the wait like the deadline and is kept. */
    public static boolean await(Duration patience, BooleanSupplier done) {
        long end = System.nanoTime() + patience.toNanos();
        long pauseMicros = FIRST_PAUSE_MICROS;
        while (true) {
            if (done.getAsBoolean()) {
                return true;
            }
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            try {
                Thread.sleep(pauseMicros / 1000, (int) (pauseMicros % 1000) * 1000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return done.getAsBoolean();
            }
            pauseMicros = Math.min(LONGEST_PAUSE_MICROS, pauseMicros * 2);
        }
    }
}
