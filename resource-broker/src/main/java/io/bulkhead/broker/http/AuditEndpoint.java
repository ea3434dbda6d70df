package io.bulkhead.broker.http;

import io.bulkhead.broker.audit.AuditEntry;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.List;
import java.util.Map;

/** Reads the audit trail, oldest entries first. */
final class AuditEndpoint {
    private static final String LIST = "entries";
    private static final int MOST = 1_000;

    private final Services services;

    AuditEndpoint(Services services) {
        this.services = services;
    }

    void list(Exchange exchange) {
        Paging paging = Paging.of(exchange, LIST, MOST);
        long since = exchange.number("since", 0, Long.MAX_VALUE).orElse(0L);
        exchange.answer(services.audit().read(paging.number(LIST), since, paging.limit()), page -> {
            List<AuditEntry> entries = page.entries();
            Json.Obj body = new Json.Obj(Map.of(
                    LIST,
                    new Json.Array(entries.stream()
                            .map(entry -> (Json) RecordCodec.encode(entry))
                            .toList())));
            exchange.json(
                    200,
                    page.more()
                            ? body.with(
                                    "next",
                                    Json.of(Paging.encode(
                                            LIST,
                                            Long.toString(entries.get(entries.size() - 1)
                                                    .sequence()))))
                            : body);
        });
    }
}
