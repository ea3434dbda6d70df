package io.bulkhead.broker.http;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.bulkhead.broker.access.Role;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Consoles: their list, one of them, and the way to one, by an upgrade to the console protocol. */
final class ConsoleEndpoint {
    static final String ATTACH = "/v1/consoles/{name}/attach";
    static final String SOCKET = "/v1/consoles/{name}/socket";
    static final String TICKETS = "/v1/consoles/{name}/tickets";
    static final String PROTOCOL = "bulkhead.console.v1";

    private final Services services;
    private final Auditing auditing;

    ConsoleEndpoint(Services services, Auditing auditing) {
        this.services = services;
        this.auditing = auditing;
    }

    List<Route> routes() {
        return List.of(
                new Route(GET, "/v1/consoles", this::list).withoutManager(),
                new Route(GET, "/v1/consoles/{name}", this::show).failingBy(ProblemCode.NOT_FOUND),
                new Route(GET, ATTACH, this::attach).withoutManager().answering(101),
                new Route(POST, TICKETS, this::ticket)
                        .forRole(Role.VIEWER)
                        .named("console-ticket")
                        .answering(201)
                        .failingBy(ProblemCode.NOT_FOUND),
                new Route(GET, SOCKET, this::socket)
                        .forEverybody()
                        .named("console-socket")
                        .withoutManager()
                        .answering(101)
                        .failingBy(ProblemCode.NOT_FOUND));
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

    private void ticket(Exchange exchange) {
        exchange.members();
        Json.Obj made = RecordCodec.encode(services.consoles().ticket(exchange.partition(), exchange.caller()));
        // A secret is not kept for a repetition of the request.
        exchange.json(201, made, new Json.Obj(Map.of()));
    }

    /** Who comes here shows a ticket, or is known by its door. */
    private void socket(Exchange exchange) {
        PartitionName name = exchange.partition();
        exchange.onAnswered(given -> given.problem()
                .ifPresent(
                        code -> auditing.denied(exchange.caller(), "console-socket", Optional.of(name.value()), code)));
        HttpConnection connection = exchange.request().connection();
        services.consoles()
                .socket(
                        name,
                        exchange.caller(),
                        exchange.request(),
                        services.options().limits().requestMillis(),
                        () -> services.guard().gone(connection));
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
