package io.bulkhead.broker.http;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.LedgerOffice;
import io.bulkhead.broker.LedgerReport;
import io.bulkhead.broker.Ticket;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The ledger: what stands in it, how that came about, and whether the manager says the same. */
final class LedgerEndpoint {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MOST = 1000;

    private final Broker broker;

    LedgerEndpoint(Broker broker) {
        this.broker = broker;
    }

    List<Route> routes() {
        return List.of(
                new Route(GET, "/v1/ledger", this::show),
                new Route(GET, "/v1/ledger/entries", this::entries),
                new Route(GET, "/v1/ledger/check", this::check),
                new Route(POST, "/v1/ledger/accept", this::accept),
                new Route(POST, "/v1/ledger/rebuild", this::rebuild));
    }

    /** What {@code /readyz} says of it: that it cannot be written does not make the control plane unready. */
    Json.Obj readiness() {
        Optional<LedgerReport> report = broker.ledger().map(LedgerOffice::report);
        Json.Obj said = new Json.Obj(Map.of())
                .with(
                        "mode",
                        Json.of(report.map(LedgerReport::mode)
                                .map(RecordCodec::constantName)
                                .orElse("none")));
        return report.flatMap(LedgerReport::fault)
                .map(fault -> said.with("fault", RecordCodec.encode(fault)))
                .orElse(said);
    }

    private LedgerOffice office() {
        return broker.ledger()
                .orElseThrow(() -> Refusal.of(ProblemCode.NOT_FOUND, "this control plane keeps no ledger"));
    }

    private void show(Exchange exchange) {
        exchange.knowsParameters();
        exchange.json(office().report());
    }

    private void entries(Exchange exchange) {
        exchange.knowsParameters("owner", "resource", "after", "limit");
        long after = number(exchange, "after", 0, 0, Long.MAX_VALUE);
        long limit = number(exchange, "limit", DEFAULT_LIMIT, 1, MOST);
        exchange.answer(
                office().history(exchange.parameter("owner"), exchange.parameter("resource"), after, (int) limit),
                exchange::json);
    }

    private static long number(Exchange exchange, String name, long otherwise, long least, long most) {
        Optional<String> text = exchange.parameter(name);
        try {
            long number = text.map(Long::parseLong).orElse(otherwise);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.INVALID_REQUEST,
                            "the parameter '" + name + "' must be a whole number, it is '" + text.orElse("") + "'"),
                    e);
        }
        throw Refusal.of(
                ProblemCode.INVALID_REQUEST,
                "the parameter '" + name + "' must be " + least + (most == Long.MAX_VALUE ? " or more" : " to " + most)
                        + ", it is " + text.orElse(""));
    }

    private void check(Exchange exchange) {
        exchange.knowsParameters();
        exchange.answer(office().check(), exchange::json);
    }

    private void accept(Exchange exchange) {
        exchange.knowsParameters();
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
        exchange.answer(office().accept(partition, Ticket.LOCAL), exchange::json);
    }

    private void rebuild(Exchange exchange) {
        exchange.knowsParameters();
        exchange.members();
        exchange.answer(office().rebuild(Ticket.LOCAL), exchange::json);
    }
}
