package io.bulkhead.manager.loop;

import java.util.concurrent.locks.ReentrantLock;

/** The promise of {@link Cancellable}: guards runs so that none begins, and none is under way, after a cancel. */
abstract class Guarded implements Cancellable {
    private final ReentrantLock running = new ReentrantLock();
    private volatile boolean cancelled;

    /** Runs work unless it was cancelled. On the loop only. */
    final void runUnlessCancelled(Runnable work) {
        running.lock();
        try {
            if (!cancelled) {
                work.run();
            }
        } finally {
            running.unlock();
        }
    }

    final boolean cancelled() {
        return cancelled;
    }

    /** Forbids further runs, without waiting. */
    final void forbid() {
        cancelled = true;
    }

    /** Waits for a run under way, unless that is the caller. */
    final void awaitRun() {
        running.lock();
        running.unlock();
    }
}
