package io.bulkhead.broker.http;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.Precondition;
import io.bulkhead.broker.Ticket;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Partitions: their list, one of them, and what can be done with it. */
final class PartitionEndpoint {
    private static final String LIST = "partitions";
    private static final int MOST = 1_000;

    private final Broker broker;
    private final Works works;
    private final Consoles consoles;

    PartitionEndpoint(Broker broker, Works works, Consoles consoles) {
        this.broker = broker;
        this.works = works;
        this.consoles = consoles;
    }

    void list(Exchange exchange) {
        Paging paging = Paging.of(exchange, LIST, MOST);
        exchange.answer(broker.list(), partitions -> {
            List<PartitionStatus> rest = partitions.stream()
                    .filter(each -> paging.cursor()
                            .filter(seen -> each.name().value().compareTo(seen) <= 0)
                            .isEmpty())
                    .limit(paging.limit() + 1L)
                    .toList();
            exchange.json(200, paging.body(LIST, rest, each -> each.name().value(), this::seen));
        });
    }

    void usage(Exchange exchange) {
        exchange.answer(
                broker.usage(),
                partitions -> exchange.json(
                        200,
                        new Json.Obj(Map.of(
                                LIST,
                                new Json.Array(partitions.stream()
                                        .map(partition -> (Json) RecordCodec.encode(partition))
                                        .toList())))));
    }

    /** The console's viewers and writer are those of the console service: of the manager it alone is a viewer. */
    private Json seen(PartitionStatus partition) {
        return RecordCodec.encode(partition)
                .with("console", RecordCodec.encode(consoles.seen(partition.name(), partition.console())));
    }

    void show(Exchange exchange) {
        exchange.answer(broker.show(exchange.partition()), partition -> {
            String tag = EntityTags.of(partition);
            exchange.setHeader("ETag", tag);
            if (EntityTags.isKnown(exchange, tag)) {
                exchange.send(304, "", "");
            } else {
                exchange.json(200, seen(partition));
            }
        });
    }

    void define(Exchange exchange) {
        PartitionName name = exchange.partition();
        DefinitionBody body = exchange.body(DefinitionBody.class);
        if (!body.definition().name().equals(name)) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "definition.name is '" + body.definition().name() + "', the path says '" + name + "'");
        }
        Precondition precondition = EntityTags.of(exchange);
        Ticket ticket = exchange.ticket();
        boolean bind = exchange.truth("bind").orElse(true);
        works.carryOut(exchange, "define", name, () -> (bind
                        ? broker.define(body.definition(), body.rootPasswordHash(), precondition, ticket)
                        : broker.defineUnbound(body.definition(), body.rootPasswordHash(), precondition, ticket))
                .thenApply(defined -> partition(defined.created() ? 201 : 200, defined.partition())));
    }

    void release(Exchange exchange) {
        PartitionName name = exchange.partition();
        exchange.members();
        Precondition precondition = EntityTags.of(exchange);
        Ticket ticket = exchange.ticket();
        works.carryOut(exchange, "release", name, () -> broker.release(name, precondition, ticket)
                .thenApply(status -> partition(200, status)));
    }

    void delete(Exchange exchange) {
        PartitionName name = exchange.partition();
        exchange.members();
        boolean wipe = exchange.truth("wipe").orElse(false);
        Precondition precondition = EntityTags.of(exchange);
        Ticket ticket = exchange.ticket();
        works.carryOut(exchange, "delete", name, () -> broker.delete(name, wipe, precondition, ticket)
                .thenApply(done -> new Works.Outcome(204, Optional.empty(), Optional.empty())));
    }

    /** A verb without particulars. */
    Route.Action verb(String name, Function<PartitionName, CompletionStage<PartitionStatus>> verb) {
        return exchange -> {
            PartitionName partition = exchange.partition();
            exchange.members();
            works.carryOut(
                    exchange, name, partition, () -> verb.apply(partition).thenApply(status -> partition(200, status)));
        };
    }

    /** A verb that takes a slice or gives one back, which the ledger writes down with who wanted it. */
    Route.Action grantingVerb(String name, BiFunction<PartitionName, Ticket, CompletionStage<PartitionStatus>> verb) {
        return exchange -> {
            PartitionName partition = exchange.partition();
            Ticket ticket = exchange.ticket();
            exchange.members();
            works.carryOut(exchange, name, partition, () -> verb.apply(partition, ticket)
                    .thenApply(status -> partition(200, status)));
        };
    }

    /** A verb that can kill. */
    Route.Action killingVerb(String name, BiFunction<PartitionName, Boolean, CompletionStage<PartitionStatus>> verb) {
        return exchange -> {
            PartitionName partition = exchange.partition();
            boolean kill = exchange.flag("kill");
            works.carryOut(exchange, name, partition, () -> verb.apply(partition, kill)
                    .thenApply(status -> partition(200, status)));
        };
    }

    void certificate(Exchange exchange) {
        exchange.answer(broker.verify(exchange.partition()), exchange::json);
    }

    private static Works.Outcome partition(int status, PartitionStatus partition) {
        return new Works.Outcome(
                status, Optional.of(RecordCodec.encode(partition)), Optional.of(EntityTags.of(partition)));
    }
}
