package io.bulkhead.broker.http;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.broker.metrics.MetricsPage;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The operations of the API, in the order of {@code api/openapi.yaml}. */
final class Api {
    private static final Json.Obj NOTHING = new Json.Obj(Map.of());

    private final Broker broker;
    private final ApiOptions options;
    private final EventEndpoint events;
    private final StreamEndpoint streams;
    private final PlanEndpoint plans;
    private final LedgerEndpoint ledger;
    private final MetricsPage metrics;
    private final String description;

    Api(Vertx vertx, Broker broker, ManagerClient manager, ApiOptions options, ConnectionGuard guard) {
        this.broker = broker;
        this.options = options;
        this.events = new EventEndpoint(vertx, manager, options.limits());
        this.streams = new StreamEndpoint(vertx, manager, options.limits(), guard);
        this.plans = new PlanEndpoint(vertx, broker);
        this.ledger = new LedgerEndpoint(broker);
        this.metrics = new MetricsPage(options.instance(), options.version());
        this.description = description();
    }

    Routes routes() {
        List<Route> routes = new ArrayList<>(List.of(
                new Route(GET, "/v1", this::about),
                new Route(GET, "/v1/openapi.yaml", this::describe),
                new Route(GET, "/v1/host", this::host),
                new Route(GET, "/v1/host/inventory", this::inventory),
                new Route(POST, "/v1/plan", plans::answer),
                new Route(GET, "/v1/usage", this::usage),
                new Route(GET, "/v1/partitions", this::list),
                new Route(GET, "/v1/partitions/{name}", this::show),
                new Route(PUT, "/v1/partitions/{name}", this::define),
                new Route(DELETE, "/v1/partitions/{name}", this::delete),
                new Route(POST, "/v1/partitions/{name}/start", verb(broker::start)),
                new Route(POST, "/v1/partitions/{name}/stop", killingVerb(broker::stop)),
                new Route(POST, "/v1/partitions/{name}/restart", killingVerb(broker::restart)),
                new Route(POST, "/v1/partitions/{name}/pause", verb(broker::pause)),
                new Route(POST, "/v1/partitions/{name}/resume", verb(broker::resume)),
                new Route(POST, "/v1/partitions/{name}/bind", verb(broker::bind)),
                new Route(POST, "/v1/partitions/{name}/release", verb(broker::release)),
                new Route(GET, "/v1/partitions/{name}/certificate", this::certificate),
                new Route(GET, "/v1/events", events::answer),
                new Route(POST, "/v1/shutdown", this::shutDown),
                new Route(GET, StreamEndpoint.PATH, streams::answer),
                new Route(GET, "/livez", this::live),
                new Route(GET, "/readyz", this::ready),
                new Route(GET, "/metrics", this::metrics)));
        routes.addAll(ledger.routes());
        return new Routes(routes);
    }

    private void about(Exchange exchange) {
        exchange.knowsParameters();
        CompletionStage<String> manager =
                broker.managerAnswers().handle((host, failure) -> failure == null ? "connected" : "unreachable");
        exchange.answer(
                manager,
                state -> exchange.json(
                        200,
                        NOTHING.with("api", Json.of(1))
                                .with("instance", Json.of(options.instance().value()))
                                .with("version", Json.of(options.version()))
                                .with("manager", Json.of(state))));
    }

    private void describe(Exchange exchange) {
        exchange.knowsParameters();
        exchange.send(200, "application/yaml", description);
    }

    private void host(Exchange exchange) {
        exchange.knowsParameters();
        exchange.answer(broker.host(), exchange::json);
    }

    private void inventory(Exchange exchange) {
        exchange.knowsParameters();
        exchange.answer(broker.inventoryFile(), exchange::json);
    }

    private void usage(Exchange exchange) {
        exchange.knowsParameters();
        exchange.answer(
                broker.usage(),
                partitions -> exchange.json(
                        200,
                        NOTHING.with(
                                "partitions",
                                new Json.Array(partitions.stream()
                                        .map(partition -> (Json) RecordCodec.encode(partition))
                                        .toList()))));
    }

    private void list(Exchange exchange) {
        exchange.knowsParameters();
        exchange.answer(
                broker.list(),
                partitions -> exchange.json(
                        200,
                        NOTHING.with(
                                "partitions",
                                new Json.Array(partitions.stream()
                                        .map(partition -> (Json) RecordCodec.encode(partition))
                                        .toList()))));
    }

    private void show(Exchange exchange) {
        exchange.knowsParameters();
        exchange.answer(broker.show(exchange.partition()), exchange::json);
    }

    private void define(Exchange exchange) {
        exchange.knowsParameters();
        PartitionName name = exchange.partition();
        DefinitionBody body = exchange.body(DefinitionBody.class);
        if (!body.definition().name().equals(name)) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "definition.name is '" + body.definition().name() + "', the path says '" + name + "'");
        }
        exchange.answer(
                broker.define(body.definition(), body.rootPasswordHash()),
                defined -> exchange.json(defined.created() ? 201 : 200, RecordCodec.encode(defined.partition())));
    }

    private void delete(Exchange exchange) {
        exchange.knowsParameters();
        exchange.members();
        exchange.answer(broker.delete(exchange.partition()), done -> exchange.send(204, "", ""));
    }

    private static Route.Action verb(Function<PartitionName, CompletionStage<PartitionStatus>> verb) {
        return exchange -> {
            exchange.knowsParameters();
            exchange.members();
            exchange.answer(verb.apply(exchange.partition()), exchange::json);
        };
    }

    private static Route.Action killingVerb(BiFunction<PartitionName, Boolean, CompletionStage<PartitionStatus>> verb) {
        return exchange -> {
            exchange.knowsParameters();
            exchange.answer(verb.apply(exchange.partition(), exchange.flag("kill")), exchange::json);
        };
    }

    private void certificate(Exchange exchange) {
        exchange.knowsParameters();
        exchange.answer(broker.verify(exchange.partition()), exchange::json);
    }

    private void shutDown(Exchange exchange) {
        exchange.knowsParameters();
        if (!exchange.members("keepPartitions").containsKey("keepPartitions")) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "keepPartitions is missing; it says whether partitions go on running without the manager");
        }
        exchange.answer(broker.shutDown(exchange.flag("keepPartitions")), done -> exchange.json(200, NOTHING));
    }

    private void live(Exchange exchange) {
        exchange.json(200, NOTHING.with("live", Json.of(true)));
    }

    private void ready(Exchange exchange) {
        exchange.answer(
                broker.managerAnswers(),
                host -> exchange.json(200, NOTHING.with("ready", Json.of(true)).with("ledger", ledger.readiness())));
    }

    /** That the manager is away is a metric, not an error: whoever watches wants to see it. */
    private void metrics(Exchange exchange) {
        CompletionStage<String> page = broker.survey()
                .handle((survey, failure) -> failure == null ? metrics.of(survey) : metrics.withoutManager())
                .thenApply(text -> text
                        + broker.ledger()
                                .map(office -> metrics.ofLedger(office.report()))
                                .orElse(""));
        exchange.answer(page, text -> exchange.send(200, MetricsPage.CONTENT_TYPE, text));
    }

    private static String description() {
        try (InputStream file = Api.class.getResourceAsStream("/api/openapi.yaml")) {
            if (file == null) {
                throw new IllegalStateException("api/openapi.yaml is not in the program");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
