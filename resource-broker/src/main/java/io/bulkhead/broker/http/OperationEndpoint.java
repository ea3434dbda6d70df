package io.bulkhead.broker.http;

import io.bulkhead.broker.operation.Operation;
import io.bulkhead.broker.operation.Operations;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Operations as they are, or as soon as there is something new of one. */
final class OperationEndpoint {
    static final int MOST = Operations.KEPT + Operations.RUNNING;

    private static final String LIST = "operations";
    private static final long MOST_WAIT_SECONDS = 60;

    private final Services services;

    OperationEndpoint(Services services) {
        this.services = services;
    }

    void list(Exchange exchange) {
        Paging paging = Paging.of(exchange, LIST, MOST);
        // An id of a control plane that has ended is behind nothing: what there is now has all begun later.
        long after = paging.cursor().flatMap(services.operations()::number).orElse(0L);
        exchange.json(
                200,
                paging.body(
                        LIST, services.operations().after(after, paging.limit() + 1), Operation::id, Works::document));
    }

    void show(Exchange exchange) {
        String id = exchange.named();
        long waitSeconds = exchange.number("wait", 0, MOST_WAIT_SECONDS).orElse(0L);
        int seen = exchange.number("seen", 0, Integer.MAX_VALUE)
                .map(Math::toIntExact)
                .orElse(Integer.MAX_VALUE);
        if (waitSeconds == 0) {
            exchange.json(200, Works.document(services.operations().show(id)));
            return;
        }
        CompletionStage<Operation> changed = services.operations().changed(id, seen);
        CompletableFuture<Operation> answer = new CompletableFuture<>();
        long timer = services.vertx().setTimer(waitSeconds * 1000, late -> {
            services.operations().giveUp(id, changed);
            answer.complete(services.operations().show(id));
        });
        changed.thenAccept(operation -> {
            services.vertx().cancelTimer(timer);
            answer.complete(operation);
        });
        exchange.response().closeHandler(gone -> services.operations().giveUp(id, changed));
        exchange.answer(answer, operation -> exchange.json(200, Works.document(operation)));
    }
}
