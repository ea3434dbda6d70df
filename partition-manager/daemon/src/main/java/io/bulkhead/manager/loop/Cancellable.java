package io.bulkhead.manager.loop;

/** Something that the loop would run later. */
public interface Cancellable {
    /**
     * Sees to it that it does not run any more. Called on the loop, that holds from now on. Called on another thread, a
     * run under way is waited for, so hold no lock that it needs. Cancelling twice is harmless.
     */
    void cancel();
}
