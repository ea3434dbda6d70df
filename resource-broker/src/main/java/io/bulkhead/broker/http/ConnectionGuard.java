package io.bulkhead.broker.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.Map;

/**
 * Closes connections that hold their place without asking anything, and those beyond the number that is served at once.
 * A connection whose request is being answered, or that has become a stream, is left alone. Safe for several event loops.
 */
final class ConnectionGuard {
    private static final int STRANGERS_SHARE = 16;

    /** Those that share their room with each other and with nobody else. */
    enum Pool {
        /** Local users with a role. */
        USERS,
        /** Local users without one. */
        STRANGERS,
        /** Whoever comes by TCP. */
        NETWORK;

        private int room(int connections) {
            return this == STRANGERS ? Math.max(1, connections / STRANGERS_SHARE) : connections;
        }
    }

    private final Vertx vertx;
    private final ApiOptions.Limits limits;
    private final Map<HttpConnection, Long> timers = new HashMap<>();
    private final Map<HttpConnection, Pool> pools = new HashMap<>();

    ConnectionGuard(Vertx vertx, ApiOptions.Limits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    /** Takes a connection in, or closes it where its like have no more room. */
    synchronized void opened(HttpConnection connection, Pool pool) {
        long taken = pools.values().stream().filter(pool::equals).count();
        if (taken >= pool.room(limits.connections())) {
            connection.close();
            return;
        }
        pools.put(connection, pool);
        timers.put(connection, idleTimer(connection));
        connection.closeHandler(closed -> gone(connection));
    }

    /** A request has come: the connection may take the time that its answer takes. */
    synchronized void asked(HttpConnection connection) {
        timers.computeIfPresent(connection, (same, timer) -> {
            vertx.cancelTimer(timer);
            return timer;
        });
    }

    /** The request has been answered: the next one is waited for. */
    synchronized void answered(HttpConnection connection) {
        timers.computeIfPresent(connection, (same, timer) -> idleTimer(connection));
    }

    private long idleTimer(HttpConnection connection) {
        return vertx.setTimer(limits.idleMillis(), late -> connection.close());
    }

    /** The connection is no more. */
    synchronized void gone(HttpConnection connection) {
        pools.remove(connection);
        Long timer = timers.remove(connection);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }
}
