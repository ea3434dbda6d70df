package io.bulkhead.broker.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Closes connections that hold their place without asking anything, and those beyond the number that is served at once.
 * A connection whose request is being answered, or that has become a stream, is left alone. Safe for several event loops.
 */
final class ConnectionGuard {
    private static final int STRANGERS_SHARE = 16;

    private final Vertx vertx;
    private final ApiOptions.Limits limits;
    private final Map<HttpConnection, Long> timers = new HashMap<>();
    private final Set<HttpConnection> strangers = new HashSet<>();

    ConnectionGuard(Vertx vertx, ApiOptions.Limits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    /** @param stranger whether nobody with a role is at the other end; those share a few places */
    synchronized void opened(HttpConnection connection, boolean stranger) {
        boolean tooMany = timers.size() >= limits.connections()
                || (stranger && strangers.size() >= Math.max(1, limits.connections() / STRANGERS_SHARE));
        if (tooMany) {
            connection.close();
            return;
        }
        if (stranger) {
            strangers.add(connection);
        }
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
        strangers.remove(connection);
        Long timer = timers.remove(connection);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }
}
