package io.bulkhead.manager;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Lets orders through, many at a time, until the manager goes. Whoever takes everything down has it closed and empty: a
 * partition that was being defined or started meanwhile would be left behind. Safe for any thread.
 */
final class OrderGate {
    private final ReadWriteLock inside = new ReentrantReadWriteLock();
    private volatile boolean closed;

    /** Carries out an order, or refuses it where the manager is about to go. Never waits. */
    <T> T pass(Supplier<T> order) {
        // Whoever holds the other lock has closed the gate before.
        if (!inside.readLock().tryLock()) {
            throw shuttingDown();
        }
        try {
            if (closed) {
                throw shuttingDown();
            }
            return order.get();
        } finally {
            inside.readLock().unlock();
        }
    }

    /** Lets nothing through any more; what is inside goes on. */
    void close() {
        closed = true;
    }

    /** Lets everything through again. */
    void open() {
        closed = false;
    }

    /** Does something that nobody may be inside for, once those that are have ended. */
    void whenEmpty(Runnable work) {
        inside.writeLock().lock();
        try {
            work.run();
        } finally {
            inside.writeLock().unlock();
        }
    }

    private static Refusal shuttingDown() {
        return Refusal.of(ProblemCode.WRONG_STATE, "the manager is shutting down");
    }
}
