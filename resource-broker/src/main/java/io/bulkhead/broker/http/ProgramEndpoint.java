package io.bulkhead.broker.http;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.LedgerOffice;
import io.bulkhead.broker.Refusals;
import io.bulkhead.broker.metrics.MetricsPage;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The programs themselves: who answers, how they are, and their end. */
final class ProgramEndpoint {
    private static final Json.Obj NOTHING = new Json.Obj(Map.of());

    private final Services services;
    private final Broker broker;
    private final MetricsPage metrics;
    private final String description = description();

    ProgramEndpoint(Services services) {
        this.services = services;
        this.broker = services.broker();
        this.metrics = new MetricsPage(
                services.options().instance(), services.options().version(), services.statistics());
    }

    void about(Exchange exchange) {
        CompletionStage<String> manager =
                broker.managerAnswers().handle((host, failure) -> failure == null ? "connected" : "unreachable");
        exchange.answer(
                manager,
                state -> exchange.json(
                        200,
                        NOTHING.with("api", Json.of(1))
                                .with(
                                        "instance",
                                        Json.of(services.options().instance().value()))
                                .with("version", Json.of(services.options().version()))
                                .with("manager", Json.of(state))));
    }

    void describe(Exchange exchange) {
        exchange.send(200, "application/yaml", description);
    }

    void host(Exchange exchange) {
        exchange.answer(broker.host(), exchange::json);
    }

    void inventory(Exchange exchange) {
        exchange.answer(broker.inventoryFile(), exchange::json);
    }

    void shutDown(Exchange exchange) {
        if (!exchange.members("keepPartitions").containsKey("keepPartitions")) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "keepPartitions is missing; it says whether partitions go on running without the manager");
        }
        exchange.answer(broker.shutDown(exchange.flag("keepPartitions")), done -> exchange.json(200, NOTHING));
    }

    void live(Exchange exchange) {
        exchange.json(200, NOTHING.with("live", Json.of(true)));
    }

    /** Ready is who can carry out requests: the manager answers. The other checks are told, and close nothing. */
    void ready(Exchange exchange) {
        CompletionStage<Optional<Problem>> manager = broker.managerAnswers()
                .handle((host, failure) ->
                        Optional.ofNullable(failure).map(why -> Refusals.of(why).problem()));
        exchange.answer(manager, problem -> {
            Json.Array checks = new Json.Array(List.of(
                    check("manager", true, problem.map(Problem::detail)),
                    check("ledger", false, broker.ledger().flatMap(LedgerOffice::trouble)),
                    check("audit", false, services.audit().trouble()),
                    check("tokens", false, services.tokens().damage().map(Problem::detail))));
            if (problem.isPresent()) {
                exchange.refuse(new Refusal(problem.get()), NOTHING.with("checks", checks));
            } else {
                exchange.json(200, NOTHING.with("ready", Json.of(true)).with("checks", checks));
            }
        });
    }

    private static Json check(String name, boolean needed, Optional<String> trouble) {
        Json.Obj check = NOTHING.with("name", Json.of(name))
                .with("ok", Json.of(trouble.isEmpty()))
                .with("needed", Json.of(needed));
        return trouble.map(text -> check.with("detail", Json.of(text))).orElse(check);
    }

    /** That the manager is away is a metric, not an error: whoever watches wants to see it. */
    void metrics(Exchange exchange) {
        CompletionStage<String> page = broker.survey()
                .handle((survey, failure) -> failure == null ? metrics.of(survey) : metrics.withoutManager())
                .thenApply(text -> text
                        + broker.ledger()
                                .map(office -> metrics.ofLedger(office.report()))
                                .orElse("")
                        + metrics.ofConsoles(services.consoles().figures()));
        exchange.answer(page, text -> exchange.send(200, MetricsPage.CONTENT_TYPE, text));
    }

    private static String description() {
        try (InputStream file = ProgramEndpoint.class.getResourceAsStream("/api/openapi.yaml")) {
            if (file == null) {
                throw new IllegalStateException("api/openapi.yaml is not in the program");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
