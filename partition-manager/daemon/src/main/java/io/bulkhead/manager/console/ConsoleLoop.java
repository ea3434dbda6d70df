package io.bulkhead.manager.console;

import io.bulkhead.manager.sys.Fd;
import java.time.Duration;

/** What a console needs of the event loop. Handlers and tasks run on the loop's one thread. */
public interface ConsoleLoop {
    /** Calls a handler whenever a descriptor is ready; it waits for reading only, at first. On the loop's thread. */
    Watch watch(Fd fd, Handler handler);

    /** Runs a task soon. Any thread. */
    void execute(Runnable task);

    /** Runs a task after a while. Any thread. */
    void schedule(Duration delay, Runnable task);

    /** Hears of readiness, level-triggered. */
    @FunctionalInterface
    interface Handler {
        void ready(boolean readable, boolean writable);
    }

    /** A descriptor under watch; on the loop's thread only. */
    interface Watch extends AutoCloseable {
        void want(boolean readable, boolean writable);

        /** Ends the watch; the descriptor stays open. */
        @Override
        void close();
    }
}
