package io.bulkhead.console.serial.log;

import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Entries as lines of JSON: everything that a log has, exactly. */
final class EntryView implements LogView {
    @Override
    public String contentType() {
        return "application/x-ndjson";
    }

    @Override
    public void add(LogEntry entry, ByteArrayOutputStream out) {
        out.writeBytes((json(entry) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static Json.Obj json(LogEntry entry) {
        if (entry instanceof LogEntry.Output output) {
            return head(EntryKind.OUTPUT, entry)
                    .with("monotonicNanos", Json.of(output.monotonicNanos()))
                    .with("bytes", Json.of(Base64.getEncoder().encodeToString(output.bytes())));
        } else if (entry instanceof LogEntry.Gap gap) {
            return head(EntryKind.GAP, entry).with("to", Json.of(gap.to())).with("detail", Json.of(gap.reason()));
        }
        LogEntry.Mark mark = (LogEntry.Mark) entry;
        return head(mark.kind(), entry)
                .with("monotonicNanos", Json.of(mark.monotonicNanos()))
                .with("detail", Json.of(mark.detail()));
    }

    private static Json.Obj head(EntryKind kind, LogEntry entry) {
        return new Json.Obj(Map.of())
                .with("kind", Json.of(RecordCodec.constantName(kind)))
                .with("offset", Json.of(entry.offset()))
                .with("timeMillis", Json.of(entry.wallMillis()));
    }
}
