package io.bulkhead.harness.acceptance;

/**
 * Where a network drill is tried: a partition, or a station of a plain network, which has no wall. The same commands run in
 * both. Each has an {@code eth0}.
 */
interface Place {
    /**
     * Runs a shell command as root of the place, to its end; what it puts into the background goes on.
     *
     * @param script in whose environment {@code D} is a directory of the place's own
     * @return what it printed
     */
    String run(String script);

    /** Of its {@code eth0}, as it was given. */
    String hardwareAddress();

    /** Its address of IPv4. */
    String address();
}
