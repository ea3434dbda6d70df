package io.bulkhead.manager.loop;

import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Ready;
import io.bulkhead.manager.sys.Syscalls;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits, by epoll(7), for any number of descriptors (pidfds, consoles, pipes, sockets), timers and tasks.
 *
 * <p><b>A turn.</b> It waits until something is ready or due; then each ready descriptor's handler runs once, then the
 * timers that are due, then the tasks that were there when it came to them. What these add comes in the next turn, so none
 * can keep the others from their turn. It sleeps while there is nothing to do.
 *
 * <p><b>Hang-up.</b> A descriptor that only hangs up (nothing to read, no room to write) would be ready for ever. If its
 * handler leaves the registration as it is, the loop listens again after {@value #HANG_UP_PAUSE_MILLIS} ms and not
 * before, so that the other side may come back (a console between two logins) without the loop spinning.
 *
 * <p><b>Failure.</b> A handler, timer or task that throws is logged; a handler's registration is suspended in addition. A
 * failure of the wait itself ends the loop: it is thrown to the thread's handler of uncaught exceptions, and later
 * requests are rejected.
 *
 * <p>All methods are safe for any thread. The thread is a daemon and called {@value #THREAD_NAME}.
 */
public final class EventLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final String THREAD_NAME = "event-loop";
    private static final int HANG_UP_PAUSE_MILLIS = 50;

    /** A hundred years: longer ones would run over the clock's range. */
    private static final long LONGEST_DELAY_MILLIS = TimeUnit.DAYS.toMillis(36_500);

    private static final long WAKE_UP_TOKEN = 0;
    private static final int EVENTFD_BYTES = 8;

    private final Syscalls syscalls;
    private final Thread thread;
    private final Fd poll;
    private final Fd wakeUp;

    private final AtomicLong tokens = new AtomicLong(WAKE_UP_TOKEN + 1);
    private final Map<Long, Watched> watched = new ConcurrentHashMap<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Timers timers = new Timers();

    /** Set while the wake-up is on its way, so that many tasks cost one. */
    private final AtomicBoolean wakeUpSent = new AtomicBoolean();

    /** Held while the loop's own descriptors are used by any thread but its own; guards {@link #open}. */
    private final Object gate = new Object();

    private boolean open = true;
    private volatile boolean stopping;

    private EventLoop(Syscalls syscalls, Fd poll, Fd wakeUp) {
        this.syscalls = syscalls;
        this.poll = poll;
        this.wakeUp = wakeUp;
        this.thread = new Thread(this::run, THREAD_NAME);
        thread.setDaemon(true);
    }

    /** Opens a loop and starts its thread. */
    public static EventLoop start(Syscalls syscalls) {
        Fd poll = syscalls.createPoll();
        Fd wakeUp;
        try {
            wakeUp = syscalls.createWakeUp();
        } catch (RuntimeException e) {
            poll.close();
            throw e;
        }
        try {
            syscalls.addToPoll(poll, wakeUp, WAKE_UP_TOKEN, true, false);
            EventLoop loop = new EventLoop(syscalls, poll, wakeUp);
            loop.thread.start();
            return loop;
        } catch (RuntimeException e) {
            wakeUp.close();
            poll.close();
            throw e;
        }
    }

    /**
     * Watches a descriptor. The handler may run before this returns.
     *
     * @param fd stays the caller's; open until the registration is cancelled, and registered once only
     * @param interest what for, at first
     * @param handler runs on the loop
     * @throws RejectedExecutionException if the loop is closed
     */
    public Registration register(Fd fd, Interest interest, Handler handler) {
        Watched registration = new Watched(fd, tokens.getAndIncrement(), handler);
        synchronized (gate) {
            mustBeOpen();
            watched.put(registration.token, registration);
            try {
                registration.listen(interest);
            } catch (RuntimeException e) {
                watched.remove(registration.token);
                throw e;
            }
        }
        return registration;
    }

    /**
     * Runs a task on the loop, in its next turn; tasks run in the order of arrival.
     *
     * @throws RejectedExecutionException if the loop is closed
     */
    public void execute(Runnable task) {
        synchronized (gate) {
            mustBeOpen();
            tasks.add(task);
        }
        wake();
    }

    /**
     * Runs a task on the loop once a time has passed on the monotonic clock, never earlier.
     *
     * @param delayMillis from now, 0 for the next turn
     * @throws RejectedExecutionException if the loop is closed
     */
    public Cancellable schedule(long delayMillis, Runnable task) {
        if (delayMillis < 0) {
            throw new IllegalArgumentException("a delay before now: " + delayMillis);
        }
        Cancellable timer;
        synchronized (gate) {
            mustBeOpen();
            timer = timers.add(nanosFromNow(delayMillis), task);
        }
        wake();
        return timer;
    }

    private static long nanosFromNow(long delayMillis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.min(delayMillis, LONGEST_DELAY_MILLIS));
    }

    /** Whether the caller is the loop's own thread. */
    public boolean onLoop() {
        return Thread.currentThread() == thread;
    }

    /**
     * Ends the loop after the turn under way and waits for that, unless called on the loop itself. What still waits never
     * runs. Registered descriptors stay open.
     */
    @Override
    public void close() {
        stopping = true;
        wake();
        if (onLoop()) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void mustBeOpen() {
        if (!open || stopping) {
            throw new RejectedExecutionException("the event loop is closed");
        }
    }

    private void wake() {
        if (onLoop() || !wakeUpSent.compareAndSet(false, true)) {
            return;
        }
        synchronized (gate) {
            if (open) {
                byte[] one = new byte[EVENTFD_BYTES];
                // Any number but zero in either byte order.
                one[0] = 1;
                try {
                    syscalls.write(wakeUp, one, 0, EVENTFD_BYTES);
                } catch (RuntimeException e) {
                    // Else nobody would ever try again, and the loop would sleep on.
                    wakeUpSent.set(false);
                    throw e;
                }
            }
        }
    }

    private void run() {
        try {
            while (!stopping) {
                turn();
            }
        } finally {
            synchronized (gate) {
                open = false;
                wakeUp.close();
                poll.close();
            }
        }
    }

    private void turn() {
        int timeoutMillis = tasks.isEmpty() ? timers.millisToFirst(System.nanoTime()) : 0;
        for (Ready ready : syscalls.awaitReady(poll, timeoutMillis)) {
            if (ready.token() == WAKE_UP_TOKEN) {
                takeWakeUp();
                continue;
            }
            Watched registration = watched.get(ready.token());
            if (registration != null) {
                registration.handle(ready);
            }
        }
        for (Timers.Timer timer : timers.takeDue(System.nanoTime())) {
            guard("A timer failed", timer::run);
        }
        runTasks();
    }

    /**
     * The order matters: the flag falls after the counter was read, and the tasks are looked at after that. Otherwise one
     * that comes in between would find the flag up and the wake-up gone.
     */
    private void takeWakeUp() {
        syscalls.read(wakeUp, new byte[EVENTFD_BYTES], 0, EVENTFD_BYTES);
        wakeUpSent.set(false);
    }

    private void runTasks() {
        for (int left = tasks.size(); left > 0 && !stopping; left--) {
            Runnable task = tasks.poll();
            if (task != null) {
                guard("A task failed", task);
            }
        }
    }

    private static boolean guard(String failure, Runnable work) {
        try {
            work.run();
            return true;
        } catch (RuntimeException | Error e) {
            // An Error too: one partition's broken handler must not take the consoles of all others with it.
            LOG.atError().setCause(e).log(failure);
            return false;
        }
    }

    private final class Watched extends Guarded implements Registration {
        private final Fd fd;
        private final long token;
        private final Handler handler;

        /** Guarded by the gate, as all below. */
        private Interest interest = Interest.NONE;

        private boolean inPoll;
        private boolean forChanges;

        /** Counts changes, so that what was meant for an earlier state can be told. */
        private long changes;

        Watched(Fd fd, long token, Handler handler) {
            this.fd = fd;
            this.token = token;
            this.handler = handler;
        }

        @Override
        public void change(Interest wanted) {
            synchronized (gate) {
                if (open && !cancelled()) {
                    listen(wanted);
                }
            }
        }

        @Override
        public void cancel() {
            try {
                synchronized (gate) {
                    forbid();
                    watched.remove(token);
                    if (open) {
                        listen(Interest.NONE);
                    }
                }
            } finally {
                awaitRun();
            }
        }

        private void listen(Interest wanted) {
            interest = wanted;
            changes++;
            if (wanted == Interest.NONE) {
                leavePoll();
            } else if (wanted == Interest.CHANGE) {
                leavePoll();
                syscalls.addToPollForChanges(poll, fd, token);
                inPoll = true;
                forChanges = true;
            } else if (inPoll && !forChanges) {
                syscalls.changeInPoll(poll, fd, token, wanted.readable(), wanted.writable());
            } else {
                leavePoll();
                syscalls.addToPoll(poll, fd, token, wanted.readable(), wanted.writable());
                inPoll = true;
            }
        }

        private void leavePoll() {
            if (inPoll) {
                inPoll = false;
                forChanges = false;
                syscalls.removeFromPoll(poll, fd);
            }
        }

        private void handle(Ready ready) {
            long before = changes();
            boolean well = guard("A handler failed", () -> runUnlessCancelled(() -> handler.ready(ready)));
            if (!well) {
                guard("A failed handler's descriptor cannot be left alone", () -> change(Interest.NONE));
            } else if (ready.hungUp() && !ready.readable() && !ready.writable() && !ready.changed()) {
                pauseUnlessChangedSince(before);
            }
        }

        private long changes() {
            synchronized (gate) {
                return changes;
            }
        }

        /** A hang-up alone stays for ever: listens again a little later. */
        private void pauseUnlessChangedSince(long before) {
            synchronized (gate) {
                if (stopping || cancelled() || changes != before) {
                    return;
                }
                leavePoll();
            }
            timers.add(nanosFromNow(HANG_UP_PAUSE_MILLIS), () -> resumeUnlessChangedSince(before));
        }

        private void resumeUnlessChangedSince(long before) {
            synchronized (gate) {
                if (open && !cancelled() && changes == before) {
                    listen(interest);
                }
            }
        }
    }
}
