package io.bulkhead.manager.life;

import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.ProcessEnd;
import java.time.Duration;
import java.util.Optional;

/** What life needs of processes: to hear of their end, to learn how, and to send signals. Safe for any thread. */
public interface ProcessWatch {
    /**
     * Calls back once when a process has ended, on a thread where nothing may wait.
     *
     * @param process its pidfd, which stays open until the watch is closed
     */
    Watch onEnd(Fd process, Runnable ended);

    /** How a process ended; empty while it runs; {@link io.bulkhead.manager.sys.Syscalls#pollEnd}. */
    Optional<ProcessEnd> pollEnd(Fd process);

    /** Waits for a process that is about to end, and reaps it; empty when it still runs after the time. */
    Optional<ProcessEnd> awaitEnd(Fd process, Duration atMost);

    /**
     * Whether a process handles a signal or waits for it; true as well once it is gone. The first process of a pid
     * namespace never gets any other but SIGKILL and SIGSTOP; pid_namespaces(7).
     *
     * @param pid in the host's numbering
     */
    boolean hears(long pid, int signal);

    /** Sends a signal; nothing happens to a process that has ended. */
    void signal(Fd process, int signal);

    /** A process under watch. */
    interface Watch extends AutoCloseable {
        /** Ends the watch; returns when the descriptor may be closed. Not on the thread that calls back. */
        @Override
        void close();
    }
}
