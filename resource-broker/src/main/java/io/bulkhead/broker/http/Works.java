package io.bulkhead.broker.http;

import io.bulkhead.broker.Refusals;
import io.bulkhead.broker.client.EventFollower;
import io.bulkhead.broker.operation.Operation;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Carries out what changes partitions, as operations: the caller waits for the end, or is told at once where to look for
 * it ({@code Prefer: respond-async}, RFC 7240, or {@code wait=false}). What nobody waits for gets its progress from the
 * manager's events of that partition.
 */
final class Works {
    static final String PATH = "/v1/operations/";

    private static final String RESPOND_ASYNC = "respond-async";

    private final Services services;
    private final Auditing auditing;

    /**
     * What a work comes to.
     *
     * @param status of HTTP
     * @param body nothing where there is nothing to say
     * @param tag the entity tag, where the body is a partition
     */
    record Outcome(int status, Optional<Json> body, Optional<String> tag) {}

    Works(Services services, Auditing auditing) {
        this.services = services;
        this.auditing = auditing;
    }

    /** Begins a work and answers, at its end or at once. */
    void carryOut(Exchange exchange, String verb, PartitionName name, Supplier<CompletionStage<Outcome>> work) {
        boolean async = wantsNoWait(exchange);
        Operation operation =
                services.operations().begin(verb, name, exchange.caller().name());
        exchange.carriedOutBy(operation.id());
        if (async) {
            leave(exchange, operation, work);
        } else {
            exchange.answer(run(operation, work), outcome -> {
                outcome.tag().ifPresent(tag -> exchange.setHeader("ETag", tag));
                exchange.send(
                        outcome.status(),
                        "application/json",
                        outcome.body().map(Json::toString).orElse(""));
            });
        }
    }

    private static boolean wantsNoWait(Exchange exchange) {
        Optional<Boolean> wait = exchange.truth("wait");
        return wait.map(value -> !value).orElseGet(() -> exchange.header("Prefer")
                .filter(text -> Arrays.stream(text.split("[,;]"))
                        .anyMatch(each -> each.strip().equalsIgnoreCase(RESPOND_ASYNC)))
                .isPresent());
    }

    private CompletionStage<Outcome> run(Operation operation, Supplier<CompletionStage<Outcome>> work) {
        CompletionStage<Outcome> stage;
        try {
            stage = work.get();
        } catch (RuntimeException e) {
            services.operations().failed(operation, Refusals.of(e).problem());
            throw e;
        }
        return stage.whenComplete((outcome, failure) -> {
            if (failure == null) {
                services.operations().done(operation, outcome.body().orElse(new Json.Obj(Map.of())));
            } else {
                services.operations().failed(operation, Refusals.of(failure).problem());
            }
        });
    }

    private void leave(Exchange exchange, Operation operation, Supplier<CompletionStage<Outcome>> work) {
        // Opened before the order is given, so that no step is missed; an order is given all the same where it fails.
        Future<EventFollower> steps = EventFollower.open(services.manager(), Long.MAX_VALUE, new Steps(operation));
        steps.onComplete(opened -> run(operation, work).whenComplete((outcome, failure) -> {
            steps.onSuccess(EventFollower::close);
            Optional<Problem> problem =
                    Optional.ofNullable(failure).map(why -> Refusals.of(why).problem());
            auditing.ended(
                    exchange.caller(),
                    operation.verb(),
                    operation.partition().value(),
                    problem.map(Problem::code),
                    operation.id());
        }));
        exchange.setHeader("Location", PATH + operation.id());
        exchange.setHeader("Preference-Applied", RESPOND_ASYNC);
        exchange.json(202, document(operation));
    }

    /** An operation as the API shows it. */
    static Json.Obj document(Operation operation) {
        Json.Obj document = new Json.Obj(Map.of())
                .with("id", Json.of(operation.id()))
                .with("verb", Json.of(operation.verb()))
                .with("partition", Json.of(operation.partition().value()))
                .with("by", Json.of(operation.by()))
                .with("state", Json.of(RecordCodec.constantName(operation.state())))
                .with("startedAtMillis", Json.of(operation.startedAtMillis()));
        if (operation.endedAtMillis().isPresent()) {
            document = document.with(
                    "endedAtMillis", Json.of(operation.endedAtMillis().get()));
        }
        document = document.with(
                "steps",
                new Json.Array(operation.steps().stream()
                        .map(step -> (Json) RecordCodec.encode(step))
                        .toList()));
        if (operation.result().isPresent()) {
            document = document.with("result", operation.result().get());
        }
        return operation.problem().isEmpty()
                ? document
                : document.with(
                        "problem", ProblemDocument.of(operation.problem().get(), PATH + operation.id()));
    }

    /** Turns events of one partition into steps of one operation. */
    private final class Steps implements EventFollower.Listener {
        private final Operation operation;

        Steps(Operation operation) {
            this.operation = operation;
        }

        @Override
        public void event(EventRecord event) {
            String what = RecordCodec.typeName(event.event().getClass());
            boolean isOfIt = what.startsWith("partition-")
                    && RecordCodec.encodeAs(Event.class, (Record) event.event())
                                    .members()
                                    .get("partition")
                            instanceof Json.Text name
                    && name.value().equals(operation.partition().value());
            if (isOfIt) {
                services.operations().step(operation, new Operation.Step(event.timeMillis(), what));
            }
        }

        @Override
        public void gap(StreamMessage.Gap gap) {
            // A step that is missed is missing from the list; the end is told by the reply.
        }
    }
}
