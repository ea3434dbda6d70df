package io.bulkhead.manager.journal;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.StreamMessage.Gap;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Numbered events, the oldest forgotten first. Numbers rise across restarts of the manager without being stored: they
 * start at the time in milliseconds times 1,000, far above what an earlier manager can have reached. Safe for any thread;
 * nobody who reads can hold up who writes.
 */
public final class Journal {
    /** How many events are remembered. */
    public static final int CAPACITY = 4096;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition appended = lock.newCondition();
    private final Deque<EventRecord> events = new ArrayDeque<>();
    private final LongSupplier clockMillis;
    private final int capacity;
    private final long base;
    private long last;
    private long forgotten;

    /** @param clockMillis milliseconds since 1970 UTC */
    public Journal(LongSupplier clockMillis) {
        this(clockMillis, CAPACITY);
    }

    Journal(LongSupplier clockMillis, int capacity) {
        this.clockMillis = clockMillis;
        this.capacity = capacity;
        this.base = Math.multiplyExact(clockMillis.getAsLong(), 1000L);
        this.last = base;
        this.forgotten = base;
    }

    /** Adds an event and wakes who waits for it. */
    public EventRecord append(Event event) {
        lock.lock();
        try {
            last++;
            EventRecord record = new EventRecord(last, clockMillis.getAsLong(), event);
            events.addLast(record);
            if (events.size() > capacity) {
                forgotten = events.removeFirst().sequence();
            }
            appended.signalAll();
            return record;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What came after a number.
     *
     * @param after the last number already seen, 0 for none; a number of the future counts as that of the newest event
     * @param atMost events to give
     */
    public Page after(long after, int atMost) {
        lock.lock();
        try {
            List<EventRecord> page = new ArrayList<>();
            for (EventRecord event : events) {
                if (event.sequence() > after && page.size() < atMost) {
                    page.add(event);
                }
            }
            boolean missed = after < forgotten && (after > 0 || forgotten > base);
            Optional<Gap> gap = missed ? Optional.of(new Gap(after + 1, forgotten + 1)) : Optional.empty();
            long next = page.isEmpty()
                    ? Math.min(Math.max(after, forgotten), last)
                    : page.get(page.size() - 1).sequence();
            return new Page(gap, page, next);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is an event after a number; false if there is none when the time is over. */
    public boolean awaitAfter(long after, Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lock();
        try {
            while (last <= after) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = appended.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A piece of the journal.
     *
     * @param gap what is no longer there, before the events
     * @param events in ascending order
     * @param next the number to go on after
     */
    public record Page(Optional<Gap> gap, List<EventRecord> events, long next) {
        public Page {
            events = List.copyOf(events);
        }
    }
}
