package io.bulkhead.console.serial;

import io.bulkhead.console.lease.LeaseOptions;

/**
 * How consoles are served.
 *
 * @param ringBytes how much of each console's output is kept in memory
 * @param mostViewers how many viewers there may be at once, of all consoles together
 * @param lease the times of the writing
 * @param pingMillis how often a silent viewer is asked for a sign of life
 * @param deadMillis after how long without one it is detached
 * @param mostAttachedMillis how long a viewer may stay attached; 0 for any time
 */
public record ConsoleOptions(
        int ringBytes, int mostViewers, LeaseOptions lease, long pingMillis, long deadMillis, long mostAttachedMillis) {
    public static final ConsoleOptions DEFAULT =
            new ConsoleOptions(1 << 20, 512, LeaseOptions.DEFAULT, 20_000, 60_000, 0);

    public ConsoleOptions withLease(LeaseOptions other) {
        return new ConsoleOptions(ringBytes, mostViewers, other, pingMillis, deadMillis, mostAttachedMillis);
    }

    public ConsoleOptions withMostAttachedMillis(long millis) {
        return new ConsoleOptions(ringBytes, mostViewers, lease, pingMillis, deadMillis, millis);
    }
}
