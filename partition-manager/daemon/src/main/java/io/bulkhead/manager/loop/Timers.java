package io.bulkhead.manager.loop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** What is to run at a time, by the monotonic clock, in order of time and then of arrival. Safe for any thread. */
final class Timers {
    /** One task that waits. */
    final class Timer extends Guarded {
        private final long dueNanos;
        private final long sequence;
        private final Runnable task;

        private Timer(long dueNanos, long sequence, Runnable task) {
            this.dueNanos = dueNanos;
            this.sequence = sequence;
            this.task = task;
        }

        void run() {
            runUnlessCancelled(task);
        }

        @Override
        public void cancel() {
            forget(this);
            forbid();
            awaitRun();
        }
    }

    /** By difference, as System.nanoTime() may run over. */
    private static final Comparator<Timer> BY_TIME_AND_ARRIVAL = (a, b) ->
            a.dueNanos == b.dueNanos ? Long.compare(a.sequence, b.sequence) : Long.signum(a.dueNanos - b.dueNanos);

    private final PriorityQueue<Timer> waiting = new PriorityQueue<>(BY_TIME_AND_ARRIVAL);
    private long sequence;

    synchronized Timer add(long dueNanos, Runnable task) {
        Timer timer = new Timer(dueNanos, sequence++, task);
        waiting.add(timer);
        return timer;
    }

    private synchronized void forget(Timer timer) {
        waiting.remove(timer);
    }

    /** Takes out all that are due. */
    synchronized List<Timer> takeDue(long nowNanos) {
        List<Timer> due = new ArrayList<>();
        for (Timer first = waiting.peek(); first != null && first.dueNanos - nowNanos <= 0; first = waiting.peek()) {
            due.add(first);
            waiting.remove();
        }
        return due;
    }

    /** Milliseconds until the first is due, rounded up; negative if there is none. */
    synchronized int millisToFirst(long nowNanos) {
        Timer first = waiting.peek();
        if (first == null) {
            return -1;
        }
        long nanos = Math.max(first.dueNanos - nowNanos, 0);
        return (int) Math.min((nanos + 999_999) / 1_000_000, Integer.MAX_VALUE);
    }
}
