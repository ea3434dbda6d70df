package io.bulkhead.broker.client;

import java.nio.file.Path;

/**
 * How the manager is reached.
 *
 * @param socket where it listens
 * @param quickConnections connections kept for orders that are answered at once
 * @param slowConnections connections kept for orders that take their time, so that these never hold up the others
 * @param connectPatienceMillis how long a connection is tried for before the manager counts as unreachable: a restart
 *     of the manager is shorter
 * @param greetingTimeoutMillis how long the manager may take to greet
 * @param openingTimeoutMillis how long it may take to open a stream; a command that cannot get into a partition that is
 *     short of everything is given up by the manager itself after 10 s, with the reason
 * @param backoffMillis the first wait before trying again; it doubles
 * @param maxBackoffMillis the longest such wait
 */
public record ClientOptions(
        Path socket,
        int quickConnections,
        int slowConnections,
        long connectPatienceMillis,
        long greetingTimeoutMillis,
        long openingTimeoutMillis,
        long backoffMillis,
        long maxBackoffMillis) {
    /** What suits one server. */
    public static ClientOptions of(Path socket) {
        return new ClientOptions(socket, 2, 6, 1_000, 5_000, 15_000, 50, 5_000);
    }

    /** The wait after so many failures, the first being 1. */
    long backoffMillis(int failures) {
        return Math.min(maxBackoffMillis, backoffMillis << Math.min(failures - 1, 20));
    }
}
