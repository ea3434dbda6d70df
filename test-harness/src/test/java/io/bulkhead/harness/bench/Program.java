package io.bulkhead.harness.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A program that runs inside of something, or beside it, and whose output is kept as it comes. Any thread. */
interface Program {
    /** What it has printed until now, on both outputs. */
    String output();

    /** Its exit status once it has ended, 128 + the signal's number if by one; empty while it runs. */
    Optional<Integer> status();

    /**
     * Waits for its end.
     *
     * @return all that it printed
     * @throws IOException with that, if it ended with another status than 0 or still runs after this time
     */
    default String await(Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (status().isEmpty()) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("still running after " + patience.toSeconds() + " s: " + output());
                }
                awaitChange(Duration.ofMillis(200));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (!status().equals(Optional.of(0))) {
            throw new IOException("ended with " + status().orElseThrow() + ": " + output().strip());
        }
        return output();
    }

    /** Waits until it prints or ends, at most this long. */
    void awaitChange(Duration patience) throws InterruptedException;
}
