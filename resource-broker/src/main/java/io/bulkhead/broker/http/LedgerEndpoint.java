package io.bulkhead.broker.http;

import static io.bulkhead.contract.order.ProblemCode.LEDGER_READ_ONLY;
import static io.bulkhead.contract.order.ProblemCode.NOT_FOUND;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.LedgerOffice;
import io.bulkhead.broker.access.Role;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import java.util.List;

/** The ledger: what stands in it, how that came about, and whether the manager says the same. */
final class LedgerEndpoint {
    private static final long DEFAULT_LIMIT = 100L;
    private static final int MOST = 1000;

    private final Broker broker;

    LedgerEndpoint(Broker broker) {
        this.broker = broker;
    }

    List<Route> routes() {
        return List.of(
                new Route(GET, "/v1/ledger", this::show).withoutManager().failingBy(NOT_FOUND),
                new Route(GET, "/v1/ledger/entries", this::entries)
                        .taking("owner", "resource", "after", "limit")
                        .withoutManager()
                        .failingBy(NOT_FOUND, LEDGER_READ_ONLY),
                new Route(GET, "/v1/ledger/check", this::check).failingBy(NOT_FOUND, LEDGER_READ_ONLY),
                new Route(POST, "/v1/ledger/reconcile", this::reconcile)
                        .named("ledger-reconcile")
                        .forRole(Role.OPERATOR)
                        .failingBy(NOT_FOUND, LEDGER_READ_ONLY),
                new Route(POST, "/v1/ledger/accept", this::accept)
                        .named("ledger-accept")
                        .failingBy(NOT_FOUND, LEDGER_READ_ONLY),
                new Route(POST, "/v1/ledger/rebuild", this::rebuild)
                        .named("ledger-rebuild")
                        .failingBy(NOT_FOUND, LEDGER_READ_ONLY));
    }

    private LedgerOffice office() {
        return broker.ledger()
                .orElseThrow(() -> Refusal.of(ProblemCode.NOT_FOUND, "this control plane keeps no ledger"));
    }

    private void show(Exchange exchange) {
        exchange.json(office().report());
    }

    private void entries(Exchange exchange) {
        long after = exchange.number("after", 0, Long.MAX_VALUE).orElse(0L);
        int limit = exchange.number("limit", 1, MOST).orElse(DEFAULT_LIMIT).intValue();
        exchange.answer(
                office().history(exchange.parameter("owner"), exchange.parameter("resource"), after, limit),
                exchange::json);
    }

    private void check(Exchange exchange) {
        exchange.answer(office().compare(), exchange::json);
    }

    private void reconcile(Exchange exchange) {
        exchange.members();
        exchange.answer(office().check(), exchange::json);
    }

    private void accept(Exchange exchange) {
        if (!(exchange.members("partition").get("partition") instanceof Json.Text name)) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "partition is missing; it names the partition whose slice is taken over");
        }
        PartitionName partition;
        try {
            partition = new PartitionName(name.value());
        } catch (IllegalArgumentException e) {
            throw new Refusal(Problem.of(ProblemCode.INVALID_REQUEST, "partition: " + e.getMessage()), e);
        }
        exchange.answer(office().accept(partition, exchange.ticket()), exchange::json);
    }

    private void rebuild(Exchange exchange) {
        exchange.members();
        exchange.answer(office().rebuild(exchange.ticket()), exchange::json);
    }
}
