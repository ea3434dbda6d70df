package io.bulkhead.manager.console;

import io.bulkhead.manager.loop.EventLoop;
import io.bulkhead.manager.loop.Interest;
import io.bulkhead.manager.loop.Registration;
import io.bulkhead.manager.sys.Fd;
import java.time.Duration;

/** Consoles on the manager's event loop. Safe for any thread. */
public final class EventConsoleLoop implements ConsoleLoop {
    private final EventLoop loop;

    public EventConsoleLoop(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public Watch watch(Fd fd, Handler handler) {
        Registration registration = loop.register(
                fd, Interest.READ, ready -> handler.ready(ready.readable() || ready.hungUp(), ready.writable()));
        return new Watch() {
            @Override
            public void want(boolean readable, boolean writable) {
                registration.change(
                        writable
                                ? readable ? Interest.READ_WRITE : Interest.WRITE
                                : readable ? Interest.READ : Interest.NONE);
            }

            @Override
            public void close() {
                registration.cancel();
            }
        };
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
        loop.schedule(delay.toMillis(), task);
    }
}
