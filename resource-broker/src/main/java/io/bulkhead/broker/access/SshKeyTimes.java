package io.bulkhead.broker.access;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * How long who comes with an SSH key may stay attached to a console.
 *
 * @param idleSeconds without typing; 0 for however long, absent for what the settings say
 * @param longestSeconds at all; likewise
 */
public record SshKeyTimes(Optional<Long> idleSeconds, Optional<Long> longestSeconds) {
    /** What the settings say. */
    public static final SshKeyTimes OF_SETTINGS = new SshKeyTimes(Optional.empty(), Optional.empty());

    /** Ten years. */
    private static final long MOST_SECONDS = 315_360_000;

    public SshKeyTimes {
        if (Stream.of(idleSeconds, longestSeconds)
                .flatMap(Optional::stream)
                .anyMatch(seconds -> seconds < 0 || seconds > MOST_SECONDS)) {
            throw new IllegalArgumentException("a key's times are 0 to " + MOST_SECONDS + " seconds");
        }
    }
}
