package io.bulkhead.broker.http;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import java.util.Arrays;
import java.util.Optional;

/** Upgrades a connection from HTTP to the frames of the contract, and leaves it to a {@link StreamRelay}. */
final class StreamEndpoint {
    static final String PATH = "/v1/streams";
    static final String PROTOCOL = "bulkhead-stream/1";

    private final Services services;
    private final Auditing auditing;

    StreamEndpoint(Services services, Auditing auditing) {
        this.services = services;
        this.auditing = auditing;
    }

    /** Whether a request wants to leave HTTP, so that its connection must not be read for a body. */
    static boolean isUpgrade(Optional<String> connection, Optional<String> upgrade, String protocol) {
        return connection
                        .filter(value -> Arrays.stream(value.split(","))
                                .anyMatch(token -> token.strip().equalsIgnoreCase("upgrade")))
                        .isPresent()
                && upgrade.filter(protocol::equals).isPresent();
    }

    void answer(Exchange exchange) {
        if (!isUpgrade(exchange.header("Connection"), exchange.header("Upgrade"), PROTOCOL)) {
            exchange.response().putHeader(HttpHeaders.UPGRADE, PROTOCOL);
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    PATH + " is for connections that are upgraded",
                    "send 'Connection: Upgrade' and 'Upgrade: " + PROTOCOL + "'");
        }
        HttpConnection connection = exchange.request().connection();
        exchange.request()
                .toNetSocket()
                // Vert.x no longer tells the connection's own handler of its end.
                .onSuccess(socket -> new StreamRelay(
                        services.vertx(),
                        services.manager(),
                        socket,
                        services.options().limits().requestMillis(),
                        new StreamPermit(exchange.caller(), auditing, services.consoles()),
                        () -> services.guard().gone(connection)));
    }
}
