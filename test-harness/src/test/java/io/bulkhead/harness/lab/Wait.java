package io.bulkhead.harness.lab;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for what tells nobody when it happens. */
final class Wait {
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private Wait() {}

    /** Lets a little time pass. */
    static void aMoment() throws InterruptedException {
        LockSupport.parkNanos(MOMENT_NANOS);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    static void until(Duration deadline, BooleanSupplier condition, Supplier<String> failure)
            throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new LabFailure(failure.get());
            }
            aMoment();
        }
    }
}
