package io.bulkhead.console.lease;

/**
 * The times of a lease, milliseconds.
 *
 * @param requestMillis how long whoever writes has to answer a request
 * @param idleMillis after how long without a key the writing is given up; 0 for never
 * @param graceMillis how long those who waited before a restart wait for the one who wrote before it
 */
public record LeaseOptions(long requestMillis, long idleMillis, long graceMillis) {
    public static final LeaseOptions DEFAULT = new LeaseOptions(30_000, 0, 3_000);

    public LeaseOptions withIdleMillis(long millis) {
        return new LeaseOptions(requestMillis, millis, graceMillis);
    }
}
