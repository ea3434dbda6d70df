package io.bulkhead.console.serial.log;

import io.bulkhead.contract.wire.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A recording for asciinema: asciicast version 3 (docs.asciinema.org/manual/asciicast/v3), lines of JSON with intervals.
 * Bytes that are no UTF-8 become U+FFFD, so that it is for watching; gaps and events are its markers.
 */
final class CastView implements LogView {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,5}x\\d{1,5}).*");
    private static final long MICROS = 1_000_000;
    private static final long MICROS_PER_MILLI = 1_000;
    private static final long NANOS_PER_MICRO = 1_000;

    /** How far the two clocks may be apart, before the host is taken to have been rebooted or its clock set. */
    private static final long CLOCKS_APART_MICROS = 2 * MICROS;

    private final String title;
    private boolean begun;
    private byte[] cut = new byte[0];
    private long lastWallMillis;
    private Optional<Long> lastMonotonicNanos = Optional.empty();

    /** @param title what the recording is called */
    CastView(String title) {
        this.title = title;
    }

    @Override
    public String contentType() {
        return "application/x-asciicast";
    }

    @Override
    public void add(LogEntry entry, ByteArrayOutputStream out) {
        if (entry instanceof LogEntry.Output output) {
            begin(output.wallMillis(), output.monotonicNanos(), "80x24", out);
            output(output, out);
        } else if (entry instanceof LogEntry.Gap gap) {
            event(
                    out,
                    gap.wallMillis(),
                    Optional.empty(),
                    "m",
                    (gap.to() - gap.offset()) + " bytes of output are missing: " + gap.reason());
        } else if (entry instanceof LogEntry.Mark mark) {
            mark(mark, out);
        }
    }

    private void mark(LogEntry.Mark mark, ByteArrayOutputStream out) {
        Matcher size = SIZE.matcher(mark.detail());
        if (mark.kind() == EntryKind.RESIZE && size.matches()) {
            if (begun) {
                event(out, mark.wallMillis(), Optional.of(mark.monotonicNanos()), "r", size.group(1));
            } else {
                begin(mark.wallMillis(), mark.monotonicNanos(), size.group(1), out);
            }
        } else {
            String kind = mark.kind().name().toLowerCase(Locale.ROOT);
            event(
                    out,
                    mark.wallMillis(),
                    Optional.of(mark.monotonicNanos()),
                    "m",
                    mark.detail().isEmpty() ? kind : kind + ": " + mark.detail());
        }
    }

    private void begin(long wallMillis, long monotonicNanos, String size, ByteArrayOutputStream out) {
        if (begun) {
            return;
        }
        begun = true;
        lastWallMillis = wallMillis;
        lastMonotonicNanos = Optional.of(monotonicNanos);
        String[] sides = size.split("x", 2);
        Json.Obj term = new Json.Obj(Map.of())
                .with("cols", Json.of(Long.parseLong(sides[0])))
                .with("rows", Json.of(Long.parseLong(sides[1])));
        line(
                out,
                new Json.Obj(Map.of())
                        .with("version", Json.of(3))
                        .with("term", term)
                        .with("timestamp", Json.of(wallMillis / 1000))
                        .with("title", Json.of(title))
                        .toString());
    }

    private void output(LogEntry.Output output, ByteArrayOutputStream out) {
        byte[] all = Arrays.copyOf(cut, cut.length + output.bytes().length);
        System.arraycopy(output.bytes(), 0, all, cut.length, output.bytes().length);
        int whole = all.length - ShownText.cutBytes(all, all.length);
        cut = Arrays.copyOfRange(all, whole, all.length);
        if (whole > 0) {
            event(
                    out,
                    output.wallMillis(),
                    Optional.of(output.monotonicNanos()),
                    "o",
                    new String(all, 0, whole, StandardCharsets.UTF_8));
        }
    }

    private void event(
            ByteArrayOutputStream out, long wallMillis, Optional<Long> monotonicNanos, String code, String data) {
        begin(wallMillis, monotonicNanos.orElse(0L), "80x24", out);
        long micros = interval(wallMillis, monotonicNanos);
        line(
                out,
                String.format(
                        Locale.ROOT, "[%d.%06d,\"%s\",%s]", micros / MICROS, micros % MICROS, code, Json.of(data)));
    }

    /** Since the last event: by the clock that never goes back, where it is still the same one. */
    private long interval(long wallMillis, Optional<Long> monotonicNanos) {
        long byWall = Math.max(0, (wallMillis - lastWallMillis) * MICROS_PER_MILLI);
        long micros = byWall;
        if (monotonicNanos.isPresent() && lastMonotonicNanos.isPresent()) {
            long exact = (monotonicNanos.get() - lastMonotonicNanos.get()) / NANOS_PER_MICRO;
            micros = exact >= 0 && Math.abs(exact - byWall) < CLOCKS_APART_MICROS ? exact : byWall;
        }
        lastWallMillis = Math.max(wallMillis, lastWallMillis);
        lastMonotonicNanos = monotonicNanos;
        return micros;
    }

    @Override
    public void end(ByteArrayOutputStream out) {
        if (!begun) {
            // A recording of nothing is one too.
            begin(0, 0, "80x24", out);
        }
    }

    private static void line(ByteArrayOutputStream out, String text) {
        out.writeBytes((text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
