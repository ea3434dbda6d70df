package io.bulkhead.console.serial.log;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * Lines of text in which everything is shown that is no text. A line longer than {@link #MOST_LINE_BYTES} is several. The
 * time of a line is that of its first byte.
 */
final class TextView implements LogView {
    static final int MOST_LINE_BYTES = 16 << 10;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final boolean timestamps;
    private final Optional<LineSearch> search;
    private final byte[] line = new byte[MOST_LINE_BYTES];
    private int length;
    private long lineOffset;
    private long lineMillis;
    private boolean begun;
    private boolean done;

    TextView(boolean timestamps, Optional<LineSearch> search) {
        this.timestamps = timestamps;
        this.search = search;
    }

    @Override
    public String contentType() {
        return "text/plain; charset=utf-8";
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public void add(LogEntry entry, ByteArrayOutputStream out) {
        if (entry instanceof LogEntry.Output output) {
            byte[] bytes = output.bytes();
            for (int i = 0; i < bytes.length && !done; i++) {
                add(bytes[i], output.offset() + i, output.wallMillis(), out);
            }
        } else if (entry instanceof LogEntry.Gap gap && !done) {
            end(out);
            put(
                    out,
                    prefix(gap.wallMillis()) + "[... " + (gap.to() - gap.offset())
                            + " bytes of output are missing here: "
                            + ShownText.of(
                                    gap.reason().getBytes(StandardCharsets.UTF_8),
                                    0,
                                    gap.reason().getBytes(StandardCharsets.UTF_8).length)
                            + " ...]\n");
        }
    }

    private void add(byte each, long offset, long wallMillis, ByteArrayOutputStream out) {
        if (length == 0 && !begun) {
            lineOffset = offset;
            lineMillis = wallMillis;
        }
        if (each == '\n') {
            boolean isReturned = length > 0 && line[length - 1] == '\r';
            finish(isReturned ? length - 1 : length, out);
            return;
        }
        line[length++] = each;
        if (length == MOST_LINE_BYTES) {
            int cut = ShownText.cutBytes(line, length);
            byte[] rest = new byte[cut];
            System.arraycopy(line, length - cut, rest, 0, cut);
            finish(length - cut, out);
            System.arraycopy(rest, 0, line, 0, cut);
            length = cut;
            lineOffset = offset + 1 - cut;
            lineMillis = wallMillis;
        }
    }

    /** Puts the line out, or the rest of it. */
    private void finish(int bytes, ByteArrayOutputStream out) {
        String shown = ShownText.of(line, 0, bytes);
        if (search.isEmpty()) {
            put(out, (begun ? "" : prefix(lineMillis)) + shown + "\n");
        } else {
            find(shown, out);
        }
        begun = false;
        length = 0;
    }

    private void find(String shown, ByteArrayOutputStream out) {
        try {
            if (search.orElseThrow().finds(ShownText.withoutSequences(shown))) {
                put(out, prefix(lineMillis) + shown + "\n");
            }
        } catch (LineSearch.TooHard e) {
            put(out, "[... the search ends at offset " + lineOffset + ": " + e.getMessage() + " ...]\n");
            done = true;
        }
    }

    private String prefix(long millis) {
        return timestamps ? TIME.format(Instant.ofEpochMilli(millis)) + " " : "";
    }

    /** What has come of a line is shown, as a prompt has no end; a search waits for the whole line. */
    @Override
    public void pause(ByteArrayOutputStream out) {
        int cut = ShownText.cutBytes(line, length);
        int shown = length - cut;
        boolean endsInReturn = shown > 0 && line[shown - 1] == '\r';
        shown -= endsInReturn ? 1 : 0;
        if (search.isPresent() || shown == 0 || done) {
            return;
        }
        put(out, (begun ? "" : prefix(lineMillis)) + ShownText.of(line, 0, shown));
        begun = true;
        System.arraycopy(line, shown, line, 0, length - shown);
        length -= shown;
    }

    @Override
    public void end(ByteArrayOutputStream out) {
        if (!done && (length > 0 || begun)) {
            finish(length, out);
        }
    }

    private static void put(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
