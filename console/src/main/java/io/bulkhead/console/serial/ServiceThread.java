package io.bulkhead.console.serial;

/** The one thread that the console service lives on, and its clocks. */
public interface ServiceThread {
    /** Runs something on the thread, later; may be called from any thread. */
    void execute(Runnable work);

    /** Runs something on the thread after a time; the answer ends that. */
    Runnable after(long millis, Runnable work);

    /** A clock that never goes back, milliseconds. */
    long nowMillis();

    /** Milliseconds since 1970 UTC. */
    long wallMillis();
}
