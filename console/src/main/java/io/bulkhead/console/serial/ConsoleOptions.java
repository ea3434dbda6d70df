package io.bulkhead.console.serial;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.Role;
import io.bulkhead.console.lease.LeaseOptions;
import java.util.Map;

/**
 * How consoles are served.
 *
 * @param ringBytes how much of each console's output is kept in memory
 * @param mostViewers how many viewers there may be at once, of all consoles together
 * @param lease the times of the writing
 * @param pingMillis how often a silent viewer is asked for a sign of life
 * @param deadMillis after how long without one it is detached
 * @param times how long who has a role may stay attached; roles that are not there, however long
 */
public record ConsoleOptions(
        int ringBytes,
        int mostViewers,
        LeaseOptions lease,
        long pingMillis,
        long deadMillis,
        Map<Role, AttachTimes> times) {
    public static final ConsoleOptions DEFAULT =
            new ConsoleOptions(1 << 20, 512, LeaseOptions.DEFAULT, 20_000, 60_000, Map.of());

    public ConsoleOptions {
        times = Map.copyOf(times);
    }

    public ConsoleOptions withLease(LeaseOptions other) {
        return new ConsoleOptions(ringBytes, mostViewers, other, pingMillis, deadMillis, times);
    }

    public ConsoleOptions withTimes(Map<Role, AttachTimes> others) {
        return new ConsoleOptions(ringBytes, mostViewers, lease, pingMillis, deadMillis, others);
    }

    /** How long somebody may stay; who has no role counts as a viewer. */
    public AttachTimes times(Caller caller) {
        return times.getOrDefault(caller.role().orElse(Role.VIEWER), AttachTimes.UNBOUNDED);
    }
}
