package io.bulkhead.manager.start;

import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.Signals;
import io.bulkhead.manager.sys.SpawnRequest;
import io.bulkhead.manager.sys.Syscalls;
import java.util.Optional;

/**
 * A child of the manager. Owns its pidfd; whoever has it must wait for its end, or it stays a zombie.
 *
 * @param pid its number on the host
 * @param process its pidfd
 */
public record Child(long pid, Fd process) implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 5_000;

    /** Starts a program. Where its pidfd cannot be had it is ended again. */
    public static Child start(Syscalls sys, SpawnRequest request) {
        long pid = sys.spawn(request);
        try {
            return new Child(pid, sys.openProcess(pid));
        } catch (ErrnoException e) {
            try (Child second = new Child(pid, sys.openProcess(pid))) {
                second.kill(sys);
            } catch (ErrnoException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /**
     * Waits for the end and reaps it. One that fails (for want of descriptors, say) is tried once more, since nobody
     * else ever reaps a child of ours.
     *
     * @return empty when it still runs after the time
     */
    public Optional<ProcessEnd> awaitEnd(Syscalls sys, long timeoutMillis) {
        try {
            return Endings.await(sys, process, timeoutMillis);
        } catch (ErrnoException e) {
            return Endings.await(sys, process, timeoutMillis);
        }
    }

    /** Ends it at once and reaps it. */
    public void kill(Syscalls sys) {
        sys.signal(process, Signals.SIGKILL);
        awaitEnd(sys, PATIENCE_MILLIS);
    }

    @Override
    public void close() {
        process.close();
    }
}
