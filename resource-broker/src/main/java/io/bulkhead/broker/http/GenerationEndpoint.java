package io.bulkhead.broker.http;

import static io.bulkhead.broker.access.Role.OPERATOR;
import static io.bulkhead.contract.order.ProblemCode.KEY_REUSED;
import static io.bulkhead.contract.order.ProblemCode.NOT_FOUND;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.bulkhead.broker.Generations;
import io.bulkhead.contract.generation.Rebase;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Generations: the copies of the host's /etc and /var that partitions build on, and how partitions get from one to another. */
final class GenerationEndpoint {
    private static final String LIST = "/v1/generations";
    private static final String OF_PARTITION = "/v1/partitions/{name}/";

    private final Generations generations;
    private final Works works;

    GenerationEndpoint(Generations generations, Works works) {
        this.generations = generations;
        this.works = works;
    }

    List<Route> routes() {
        return List.of(
                new Route(GET, LIST, exchange -> exchange.answer(generations.list(), exchange::json)),
                new Route(POST, LIST, this::capture).named("capture").failingBy(KEY_REUSED),
                new Route(POST, LIST + "/gc", this::collect)
                        .named("collect-generations")
                        .failingBy(KEY_REUSED),
                // The names of a partition's own files are nobody's who only looks at the host.
                new Route(
                                GET,
                                OF_PARTITION + "differences",
                                exchange ->
                                        exchange.answer(generations.differences(exchange.partition()), exchange::json))
                        .forRole(OPERATOR)
                        .failingBy(NOT_FOUND),
                new Route(POST, OF_PARTITION + "rebase", verb("rebase", generations::rebase)).asWork("rebase"),
                new Route(POST, OF_PARTITION + "undo-rebase", verb("undo-rebase", generations::undoRebase))
                        .asWork("undo-rebase"));
    }

    private void capture(Exchange exchange) {
        exchange.members();
        exchange.answer(generations.capture(), captured -> exchange.json(200, RecordCodec.encode(captured)));
    }

    private void collect(Exchange exchange) {
        boolean wayBack = exchange.flag("wayBack");
        exchange.answer(generations.removeUnused(wayBack), exchange::json);
    }

    private Route.Action verb(String verb, Function<PartitionName, CompletionStage<Rebase>> work) {
        return exchange -> {
            PartitionName name = exchange.partition();
            exchange.members();
            works.carryOut(exchange, verb, name, () -> work.apply(name)
                    .thenApply(rebase ->
                            new Works.Outcome(200, Optional.of(RecordCodec.encode(rebase)), Optional.empty())));
        };
    }
}
