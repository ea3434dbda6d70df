package io.bulkhead.broker.http;

import static io.vertx.core.http.HttpMethod.GET;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Map;

/** Consoles: their list, one of them, and the way to one, by an upgrade to the console protocol. */
final class ConsoleEndpoint {
    static final String ATTACH = "/v1/consoles/{name}/attach";
    static final String PROTOCOL = "bulkhead.console.v1";

    private final Services services;

    ConsoleEndpoint(Services services) {
        this.services = services;
    }

    List<Route> routes() {
        return List.of(
                new Route(GET, "/v1/consoles", this::list).withoutManager(),
                new Route(GET, "/v1/consoles/{name}", this::show).failingBy(ProblemCode.NOT_FOUND),
                new Route(GET, ATTACH, this::attach).withoutManager().answering(101));
    }

    private void list(Exchange exchange) {
        exchange.json(
                200,
                new Json.Obj(Map.of(
                        "consoles",
                        new Json.Array(services.consoles().list(exchange.caller()).stream()
                                .map(each -> (Json) RecordCodec.encode(each))
                                .toList()))));
    }

    private void show(Exchange exchange) {
        exchange.json(services.consoles().show(exchange.partition(), exchange.caller()));
    }

    private void attach(Exchange exchange) {
        PartitionName name = exchange.partition();
        if (!StreamEndpoint.isUpgrade(exchange.header("Connection"), exchange.header("Upgrade"), PROTOCOL)) {
            exchange.response().putHeader(HttpHeaders.UPGRADE, PROTOCOL);
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "a console is for connections that are upgraded",
                    "send 'Connection: Upgrade' and 'Upgrade: " + PROTOCOL + "'");
        }
        HttpConnection connection = exchange.request().connection();
        exchange.request().toNetSocket().onSuccess(socket -> services.consoles()
                .attach(
                        name,
                        exchange.caller(),
                        socket,
                        services.options().limits().requestMillis(),
                        () -> services.guard().gone(connection)));
    }
}
