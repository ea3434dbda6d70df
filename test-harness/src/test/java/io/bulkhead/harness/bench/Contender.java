package io.bulkhead.harness.bench;

/**
 * One way to start something that lives within walls and on a slice. Used by one thread.
 *
 * <p>The life of a contender is {@link #prepare}, any number of {@link #start}s, {@link #close}.
 */
interface Contender extends AutoCloseable {
    /** What it is called in the results. */
    String name();

    /** Its version, in its own words; one line. */
    String version();

    /** What it gets of walls and limits, and what it does not: what a reader must know to compare. */
    String terms();

    /**
     * Gets ready; not timed.
     *
     * @throws CannotRunException with the reason, where it cannot run on this host
     */
    void prepare() throws CannotRunException;

    /**
     * Starts once, waits for the first byte that process 1 writes on its console, ends it and cleans up.
     *
     * @return nanoseconds from the order to the byte; ending is not counted
     * @throws CannotRunException if no byte came
     */
    long start() throws CannotRunException;

    /** Removes everything. */
    @Override
    void close();

    /** A contender cannot take part, for this reason. */
    final class CannotRunException extends Exception {
        private static final long serialVersionUID = 1L;

        CannotRunException(String reason) {
            super(reason);
        }

        CannotRunException(String reason, Throwable cause) {
            super(reason, cause);
        }
    }
}
