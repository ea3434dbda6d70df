package io.bulkhead.console.cli;

import io.bulkhead.broker.audit.AuditEntry;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.wire.RecordCodec;
import java.time.ZoneId;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead audit}. */
@Command(
        name = "audit",
        description = {
            "Shows who changed what, and who was refused, oldest first; with -o json one JSON object a line.",
            "The last 16 MiB of it are kept, in the control plane's state directory."
        })
final class AuditVerb extends Verb {
    private static final String PATH = "/v1/audit";

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "from then on: 30m or 7d ago, 2026-05-01, or 2026-05-01T12:00:00")
    private Optional<String> since = Optional.empty();

    AuditVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        ZoneId zone = ZoneId.systemDefault();
        long from = since.map(text -> TimeText.millis("--since", text, System.currentTimeMillis(), zone))
                .orElse(0L);
        api().pages(PATH + "?since=" + from, "entries").forEach(entry -> bulkhead()
                .printLine(
                        bulkhead().wantsJson()
                                ? entry.toString()
                                : line(ApiClient.decode(AuditEntry.class, entry), zone)));
        return DONE;
    }

    /** Time, who, what, with which partition, how it went, from where. */
    static String line(AuditEntry entry, ZoneId zone) {
        return String.format(
                        "%s  %-16s %-14s %-16s %-8s %s%s",
                        Words.fineTime(entry.timeMillis(), zone),
                        entry.who(),
                        entry.verb(),
                        entry.partition().orElse("-"),
                        RecordCodec.constantName(entry.outcome()),
                        entry.problem().map(code -> code + " ").orElse(""),
                        "(" + RecordCodec.constantName(entry.transport()) + ", " + entry.address() + ")")
                .stripTrailing();
    }
}
