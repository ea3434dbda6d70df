package io.bulkhead.broker.http;

import static io.bulkhead.contract.order.ProblemCode.CONFLICT;
import static io.bulkhead.contract.order.ProblemCode.KEY_REUSED;
import static io.bulkhead.contract.order.ProblemCode.NOT_FOUND;
import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.bulkhead.broker.access.Role;
import io.bulkhead.broker.access.SshKeyTimes;
import io.bulkhead.broker.access.SshPublicKey;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

/** Adds, lists and removes the public keys for SSH; the keys themselves are not shown, only their fingerprints. */
final class SshKeyEndpoint {
    private final Services services;

    SshKeyEndpoint(Services services) {
        this.services = services;
    }

    List<Route> routes() {
        return List.of(
                new Route(GET, "/v1/ssh-keys", this::list).forRole(Role.ADMIN).withoutManager(),
                new Route(POST, "/v1/ssh-keys", this::add)
                        .named("ssh-key-add")
                        .withoutManager()
                        .answering(201)
                        .failingBy(CONFLICT, KEY_REUSED),
                new Route(DELETE, "/v1/ssh-keys/{id}", this::remove)
                        .named("ssh-key-remove")
                        .withoutManager()
                        .answering(204)
                        .failingBy(NOT_FOUND, KEY_REUSED));
    }

    private void list(Exchange exchange) {
        exchange.json(
                200,
                new Json.Obj(Map.of(
                        "sshKeys",
                        new Json.Array(services.sshKeys().list().stream()
                                .map(key -> (Json) RecordCodec.encode(key))
                                .toList()))));
    }

    private void add(Exchange exchange) {
        SshKeyBody wanted = exchange.body(SshKeyBody.class);
        String maker = exchange.caller().name();
        exchange.answer(onWorker(() -> add(wanted, maker)), made -> exchange.json(201, RecordCodec.encode(made)));
    }

    private Record add(SshKeyBody wanted, String maker) {
        try {
            return services.sshKeys()
                    .add(
                            wanted.name(),
                            wanted.role(),
                            wanted.rights().orElse(List.of()),
                            new SshKeyTimes(wanted.idleSeconds(), wanted.longestSeconds()),
                            SshPublicKey.parse(wanted.key()),
                            maker);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Problem.of(ProblemCode.INVALID_REQUEST, String.valueOf(e.getMessage())), e);
        }
    }

    private void remove(Exchange exchange) {
        String id = exchange.named();
        exchange.members();
        exchange.answer(
                onWorker(() -> {
                    services.sshKeys().remove(id);
                    return id;
                }),
                done -> exchange.send(204, "", ""));
    }

    /** What writes to the disk is not for the event loop. */
    private <T> CompletionStage<T> onWorker(Callable<T> work) {
        return services.vertx().executeBlocking(work).toCompletionStage();
    }
}
