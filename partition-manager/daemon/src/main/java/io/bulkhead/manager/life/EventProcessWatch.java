package io.bulkhead.manager.life;

import io.bulkhead.manager.loop.EventLoop;
import io.bulkhead.manager.loop.Interest;
import io.bulkhead.manager.loop.Registration;
import io.bulkhead.manager.start.Endings;
import io.bulkhead.manager.start.ProcessTable;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.Syscalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Processes on the manager's event loop, by their pidfds. Safe for any thread. */
public final class EventProcessWatch implements ProcessWatch {
    private final EventLoop loop;
    private final Syscalls calls;
    private final ProcessTable processes = new ProcessTable(Path.of("/proc"));

    public EventProcessWatch(EventLoop loop, Syscalls calls) {
        this.loop = loop;
        this.calls = calls;
    }

    @Override
    public Watch onEnd(Fd process, Runnable ended) {
        AtomicBoolean told = new AtomicBoolean();
        CompletableFuture<Registration> registered = new CompletableFuture<>();
        Registration registration = loop.register(process, Interest.READ, ready -> {
            if (told.compareAndSet(false, true)) {
                // A pidfd stays readable for ever. Where the loop is faster than register, that comes right after it.
                CompletableFuture<Void> unused = registered.thenAccept(known -> known.change(Interest.NONE));
                ended.run();
            }
        });
        registered.complete(registration);
        return registration::cancel;
    }

    @Override
    public Optional<ProcessEnd> pollEnd(Fd process) {
        return calls.pollEnd(process);
    }

    @Override
    public Optional<ProcessEnd> awaitEnd(Fd process, Duration atMost) {
        return Endings.await(calls, process, atMost.toMillis());
    }

    @Override
    public boolean hears(long pid, int signal) {
        return processes.hears(pid, signal);
    }

    @Override
    public void signal(Fd process, int signal) {
        try {
            calls.signal(process, signal);
        } catch (ErrnoException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
        }
    }
}
