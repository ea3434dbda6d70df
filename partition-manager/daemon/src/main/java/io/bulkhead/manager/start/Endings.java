package io.bulkhead.manager.start;

import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.Syscalls;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Waits for processes to end. Safe for any thread. */
public final class Endings {
    private Endings() {}

    /**
     * Waits until a process ends, and reaps it if it is our child.
     *
     * @return empty when it still runs after the time
     */
    public static Optional<ProcessEnd> await(Syscalls sys, Fd process, long timeoutMillis) {
        Optional<ProcessEnd> end = sys.pollEnd(process);
        if (end.isPresent()) {
            return end;
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        try (Fd poll = sys.createPoll()) {
            sys.addToPoll(poll, process, 0, true, false);
            long left = timeoutMillis;
            while (end.isEmpty() && left > 0) {
                sys.awaitReady(poll, (int) left);
                end = sys.pollEnd(process);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
        }
        return end;
    }
}
