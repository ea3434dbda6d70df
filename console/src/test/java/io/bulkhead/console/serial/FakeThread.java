package io.bulkhead.console.serial;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The service's thread under a test's hand: nothing runs before the test lets it, and time passes when it says so. */
final class FakeThread implements ServiceThread {
    private final Deque<Runnable> work = new ArrayDeque<>();
    private final List<Timer> timers = new ArrayList<>();
    private long now = 1_000;

    private record Timer(long due, Runnable work) {}

    @Override
    public synchronized void execute(Runnable what) {
        work.add(what);
    }

    @Override
    public Runnable after(long millis, Runnable what) {
        Timer timer = new Timer(now + millis, what);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    @Override
    public long nowMillis() {
        return now;
    }

    @Override
    public long wallMillis() {
        return 1_700_000_000_000L + now;
    }

    /** Runs all that waits. */
    void run() {
        for (Runnable next = next(); next != null; next = next()) {
            next.run();
        }
    }

    private synchronized Runnable next() {
        return work.poll();
    }

    void pass(long millis) {
        for (long end = now + millis; now < end; ) {
            now = Math.min(end, now + 500);
            for (Timer timer : List.copyOf(timers)) {
                if (timer.due() <= now && timers.remove(timer)) {
                    timer.work().run();
                }
            }
            run();
        }
    }
}
