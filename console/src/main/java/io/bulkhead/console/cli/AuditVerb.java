package io.bulkhead.console.cli;

import io.bulkhead.broker.audit.AuditEntry;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.RecordCodec;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Pattern AGO = Pattern.compile("([1-9]\\d{0,8})([smhd])");
    private static final Map<String, Long> MILLIS =
            Map.of("s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

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
        long from = since.map(text -> millis(text, System.currentTimeMillis(), zone))
                .orElse(0L);
        api().pages(PATH + "?since=" + from, "entries").forEach(entry -> bulkhead()
                .printLine(
                        bulkhead().wantsJson()
                                ? entry.toString()
                                : line(ApiClient.decode(AuditEntry.class, entry), zone)));
        return DONE;
    }

    static long millis(String text, long now, ZoneId zone) {
        Matcher ago = AGO.matcher(text);
        try {
            if (ago.matches()) {
                return Math.max(0, now - Long.parseLong(ago.group(1)) * MILLIS.getOrDefault(ago.group(2), 1L));
            }
            Instant then = text.contains("T")
                    ? LocalDateTime.parse(text).atZone(zone).toInstant()
                    : LocalDate.parse(text).atStartOfDay(zone).toInstant();
            return Math.max(0, then.toEpochMilli());
        } catch (DateTimeException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.INVALID_REQUEST,
                            "--since does not know '" + text + "'",
                            "write 30m, 7d, 2026-05-01 or 2026-05-01T12:00:00"),
                    e);
        }
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
