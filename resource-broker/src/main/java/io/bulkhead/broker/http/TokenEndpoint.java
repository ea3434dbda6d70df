package io.bulkhead.broker.http;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

/** Makes, lists and revokes tokens. The secret of one is told when it is made, and never again. */
final class TokenEndpoint {
    private static final long MOST_SECONDS = 10L * 366 * 24 * 3600;

    private final Services services;

    TokenEndpoint(Services services) {
        this.services = services;
    }

    void list(Exchange exchange) {
        exchange.json(
                200,
                new Json.Obj(Map.of(
                        "tokens",
                        new Json.Array(services.tokens().list().stream()
                                .map(token -> (Json) RecordCodec.encode(token))
                                .toList()))));
    }

    void create(Exchange exchange) {
        TokenBody wanted = exchange.body(TokenBody.class);
        Optional<Long> lifeMillis = wanted.expiresInSeconds().map(seconds -> {
            if (seconds < 1 || seconds > MOST_SECONDS) {
                throw Refusal.of(
                        ProblemCode.INVALID_REQUEST,
                        "expiresInSeconds must be from 1 to " + MOST_SECONDS + ", it is " + seconds);
            }
            return seconds * 1000;
        });
        String maker = exchange.caller().name();
        exchange.answer(
                onWorker(() ->
                        services.tokens().create(wanted.role(), wanted.note().orElse(""), maker, lifeMillis)),
                made -> {
                    Json.Obj known = RecordCodec.encode(made.token());
                    exchange.json(201, known.with("secret", Json.of(made.secret())), known);
                });
    }

    void revoke(Exchange exchange) {
        String id = exchange.named();
        exchange.members();
        exchange.answer(
                onWorker(() -> {
                    services.tokens().revoke(id);
                    return id;
                }),
                done -> exchange.send(204, "", ""));
    }

    /** What writes to the disk is not for the event loop. */
    private <T> CompletionStage<T> onWorker(Callable<T> work) {
        return services.vertx().executeBlocking(work).toCompletionStage();
    }
}
