package io.bulkhead.manager.sys;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * An open file descriptor with one owner, who closes it. Closing twice is harmless; never close what another thread
 * reads. Safe for any thread.
 */
public final class Fd implements AutoCloseable {
    private final int number;
    private final IntConsumer closer;
    private final AtomicBoolean open = new AtomicBoolean(true);

    /**
     * Takes ownership of an open descriptor.
     *
     * @param number as the kernel gave it
     * @param closer called once with the number
     */
    public Fd(int number, IntConsumer closer) {
        this.number = number;
        this.closer = closer;
    }

    /** The kernel's number, for adapters and for {@code /proc/self/fd}. */
    public int number() {
        return number;
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            closer.accept(number);
        }
    }

    @Override
    public String toString() {
        return "fd " + number;
    }
}
