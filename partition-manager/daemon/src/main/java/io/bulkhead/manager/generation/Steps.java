package io.bulkhead.manager.generation;

import java.io.IOException;

/**
 * Is told before every change of the disk, so that a test can fail or end the work at each of them.
 */
@FunctionalInterface
public interface Steps {

    /** Lets every step pass. */
    Steps ALL = step -> {};

    /**
     * Called before a change.
     *
     * @param step what is about to be done, for messages
     * @throws IOException to make the step fail
     */
    void before(String step) throws IOException;
}
