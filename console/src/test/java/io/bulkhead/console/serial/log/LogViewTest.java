package io.bulkhead.console.serial.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogViewTest {
    private static final long NOON = 1_790_000_000_000L;

    private static LogEntry output(long offset, String text, long millis) {
        return new LogEntry.Output(offset, text.getBytes(StandardCharsets.UTF_8), NOON + millis, millis * 1_000_000);
    }

    private static LogEntry bytes(long offset, int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return new LogEntry.Output(offset, bytes, NOON, 0);
    }

    private static String shown(LogView view, LogEntry... entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Arrays.stream(entries).forEach(entry -> view.add(entry, out));
        view.end(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static LogView text() {
        return new TextView(false, Optional.empty());
    }

    private static LogView searching(String pattern) {
        return new TextView(false, Optional.of(LineSearch.of(pattern)));
    }

    @Test
    void showsWhatIsNoText() {
        assertThat(shown(text(), output(0, "\u001b[31mred\u001b[0m\ttab\u0007\r\nnext\rover\u007f\n", 0)))
                .isEqualTo("^[[31mred^[[0m\ttab^G\nnext^Mover^?\n");
        assertThat(shown(text(), bytes(0, 'a', 0x9b, 0xff, 0xc3, 0xa4, 0xc3, '\n')))
                .isEqualTo("a\\x9b\\xff\u00e4\\xc3\n");
        assertThat(shown(text(), output(0, "evil\u202egnp.exe \u009b2J \u2028\n", 0)))
                .isEqualTo("evil\\u202egnp.exe \\u009b2J \\u2028\n");
        assertThat(shown(text(), output(0, "\uD83D\uDE80 ok", 0))).isEqualTo("\uD83D\uDE80 ok\n");
    }

    @Test
    void putsPiecesTogetherWhereverTheyAreCut() {
        String original = "caf\u00e9 \uD83D\uDE80 \u001b[1mx\r\ny\n";
        byte[] all = original.getBytes(StandardCharsets.UTF_8);
        String whole = shown(text(), output(0, original, 0));
        for (int cut = 0; cut <= all.length; cut++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            LogView view = text();
            view.add(new LogEntry.Output(0, Arrays.copyOf(all, cut), NOON, 0), out);
            view.pause(out);
            view.add(new LogEntry.Output(cut, Arrays.copyOfRange(all, cut, all.length), NOON, 0), out);
            view.end(out);
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(whole);
        }
    }

    @Test
    void givesEachLineTheTimeOfItsFirstByte() {
        assertThat(shown(
                        new TextView(true, Optional.empty()),
                        output(0, "first ", 0),
                        output(6, "line\nsec", 1_500),
                        new LogEntry.Gap(14, 20, "lost\u001b[2J", NOON + 1_600),
                        output(20, "ond\n", 2_000)))
                .isEqualTo("""
                        2026-09-21T14:13:20.000Z first line
                        2026-09-21T14:13:21.500Z sec
                        2026-09-21T14:13:21.600Z [... 6 bytes of output are missing here: lost^[[2J ...]
                        2026-09-21T14:13:22.000Z ond
                        """);
    }

    @Test
    void showsAPromptThatHasNoEndWhileFollowing() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogView view = new TextView(true, Optional.empty());
        view.add(output(0, "login: ", 0), out);
        view.pause(out);
        view.pause(out);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("2026-09-21T14:13:20.000Z login: ");
        view.add(output(7, "root\n", 5), out);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .endsWith("login: root\n")
                .hasLineCount(1);
    }

    @Test
    void cutsLinesThatAreTooLongBetweenCharacters() {
        String shown = shown(text(), output(0, "\u00e4".repeat(20_000) + "\nend", 0));
        assertThat(shown.split("\n")).hasSize(4).allSatisfy(line -> assertThat(line)
                .matches("\u00e4+|end"));
        assertThat(shown.replace("\n", "")).isEqualTo("\u00e4".repeat(20_000) + "end");
    }

    @Test
    void findsLinesWithoutRegardToColours() {
        LogEntry some = output(0, "one\n\u001b[31mer\u001b[1mror: \u001b]0;title\u0007disk\u001b[0m\nthree\n", 0);
        assertThat(shown(searching("^error: disk$"), some)).isEqualTo("^[[31mer^[[1mror: ^[]0;title^Gdisk^[[0m\n");
        assertThat(shown(searching("(?i)ONE|three"), some)).isEqualTo("one\nthree\n");
        assertThat(shown(searching("nothing"), some)).isEmpty();
    }

    @Test
    void endsASearchThatRunsAway() {
        LogEntry line = output(0, "x\n" + "a".repeat(5_000) + "\naab\n", 0);
        LogView view = searching("^(a+)+b");
        String shown = shown(view, line);
        assertThat(shown).isEqualTo("[... the search ends at offset 2: the pattern takes too long on this line ...]\n");
        assertThat(view.isDone()).isTrue();
        assertThat(shown(searching("(a|b|c)*d"), output(0, "abc".repeat(5_400) + "\n", 0)))
                .startsWith("[... the search ends at offset 0: the pattern");
    }

    @Test
    void refusesPatternsThatAreNoneOrTooLarge() {
        assertThatThrownBy(() -> LineSearch.of("(a")).hasMessageContaining("not a regular expression");
        assertThatThrownBy(() -> LineSearch.of("a".repeat(257))).hasMessageContaining("at most 256");
        for (String pattern : List.of("((?:){999}){999}", "(?:){1,99999999999}", "a{10001}", "a{20000,}")) {
            assertThatThrownBy(() -> LineSearch.of(pattern)).hasMessageContaining("counts in braces");
        }
        LineSearch.of("\\d{1,3}(\\.\\d{1,3}){3}");
    }

    @Test
    void writesEntriesAsLinesOfJson() {
        assertThat(shown(
                        new EntryView(),
                        bytes(5, 0, 0xff),
                        new LogEntry.Mark(7, EntryKind.RESIZE, "80x24", NOON, 9),
                        new LogEntry.Gap(7, 10, "why", NOON)))
                .isEqualTo("""
                        {"kind":"output","offset":5,"timeMillis":1790000000000,"monotonicNanos":0,"bytes":"AP8="}
                        {"kind":"resize","offset":7,"timeMillis":1790000000000,"monotonicNanos":9,"detail":"80x24"}
                        {"kind":"gap","offset":7,"timeMillis":1790000000000,"to":10,"detail":"why"}
                        """);
    }

    @Test
    void givesTheBytesAsTheyCame() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogView.raw().add(bytes(0, 0, 0xff, '\r', 0xc3), out);
        LogView.raw().add(new LogEntry.Gap(4, 9, "why", NOON), out);
        assertThat(out.toByteArray()).containsExactly(0, 0xff, '\r', 0xc3);
    }

    @Test
    void recordsForAsciinemaAsItIsKept() throws Exception {
        byte[] rocket = "\uD83D\uDE80".getBytes(StandardCharsets.UTF_8);
        String cast = shown(
                new CastView("web-1"),
                new LogEntry.Mark(0, EntryKind.RESIZE, "132x43 by alice", NOON, 0),
                output(0, "login: ", 250),
                bytes(7, 0xff),
                new LogEntry.Output(8, Arrays.copyOf(rocket, 2), NOON + 500, 500_123_456),
                new LogEntry.Output(10, Arrays.copyOfRange(rocket, 2, 4), NOON + 501, 501_000_000),
                new LogEntry.Mark(12, EntryKind.ATTACH, "bob", NOON + 1_500, 1_500_000_000L),
                new LogEntry.Gap(12, 1_012, "too slow", NOON + 3_500),
                new LogEntry.Mark(1_012, EntryKind.RESIZE, "80x24", NOON + 3_600, 3_600_000_000L),
                // The host was rebooted: its clock begins anew, an hour later.
                new LogEntry.Output(
                        1_012, "\u001b[2J\"ok\"\r\n".getBytes(StandardCharsets.UTF_8), NOON + 3_600_000, 5_000_000),
                // The clock was set back.
                new LogEntry.Output(1_020, "z".getBytes(StandardCharsets.UTF_8), NOON + 100_000, 7_000_000),
                new LogEntry.Mark(1_021, EntryKind.BREAK, "", NOON + 3_600_001, 8_000_000));
        try (InputStream kept = LogViewTest.class.getResourceAsStream("/console-log/web-1.cast")) {
            assertThat(cast).isEqualTo(new String(kept.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void recordsNothingAsARecordingOfNothing() {
        assertThat(shown(new CastView("web-1"))).startsWith("{\"version\":3,").hasLineCount(1);
    }
}
