package io.bulkhead.console.serial;

import java.time.Duration;
import java.util.Optional;

/**
 * How long somebody may stay attached to a console.
 *
 * @param idleMillis without typing or asking for anything; 0 for however long
 * @param longestMillis at all; 0 for however long
 */
public record AttachTimes(long idleMillis, long longestMillis) {
    /** However long. */
    public static final AttachTimes UNBOUNDED = new AttachTimes(0, 0);

    public AttachTimes {
        if (idleMillis < 0 || longestMillis < 0) {
            throw new IllegalArgumentException("a time is 0 or more");
        }
    }

    /**
     * These, but where somebody has times of his own.
     *
     * @param idleSeconds of its own, where it has that; 0 for however long
     * @param longestSeconds likewise
     */
    public AttachTimes orOwn(Optional<Long> idleSeconds, Optional<Long> longestSeconds) {
        return new AttachTimes(
                idleSeconds.map(own -> own * 1_000).orElse(idleMillis),
                longestSeconds.map(own -> own * 1_000).orElse(longestMillis));
    }

    /**
     * Why somebody has to go now, if so.
     *
     * @param idle for how long nothing was typed or asked, milliseconds
     * @param attached how long it has been there, milliseconds
     */
    Optional<String> exceeded(long idle, long attached) {
        if (longestMillis > 0 && attached > longestMillis) {
            return Optional.of("attached for " + words(longestMillis) + ", the longest time that is allowed");
        } else if (idleMillis > 0 && idle > idleMillis) {
            return Optional.of("nothing was typed for " + words(idleMillis) + ", the longest time that is allowed");
        }
        return Optional.empty();
    }

    private static String words(long millis) {
        Duration time = Duration.ofMillis(millis);
        if (time.toSeconds() % 3600 == 0) {
            return time.toHours() + " h";
        }
        return time.toSeconds() % 60 == 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }
}
