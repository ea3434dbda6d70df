package io.bulkhead.manager.loop;

/**
 * A descriptor that the loop watches. Cancel it <em>before</em> the descriptor is closed. Safe for any thread.
 */
public interface Registration extends Cancellable {
    /**
     * Changes what is listened for, from the next turn on; also takes up again what a failed handler has suspended.
     * Without effect once cancelled.
     */
    void change(Interest interest);
}
