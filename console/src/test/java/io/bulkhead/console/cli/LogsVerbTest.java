package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code logs} asks for and makes of the answer. */
@Timeout(30)
class LogsVerbTest {
    private static final String LOG = "GET /v1/consoles/db/log?form=";
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    private FakeApi api;

    @TempDir
    private Path directory;

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectory(directory.resolve("control"));
        api = new FakeApi(directory.resolve("control/api.sock"));
    }

    @AfterEach
    void end() throws IOException {
        api.close();
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n";
    }

    private static String output(long offset, String text) {
        return "{\"kind\":\"output\",\"offset\":" + offset + ",\"timeMillis\":1,\"monotonicNanos\":0,\"bytes\":\""
                + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "\"}\n";
    }

    private static final String GAP =
            "{\"kind\":\"gap\",\"offset\":4,\"timeMillis\":1,\"to\":104,\"detail\":\"the disk was full\"}\n";

    private CliRun cli() {
        return new CliRun(directory);
    }

    @Test
    void putsTheBytesTogetherAndTellsWhatIsMissingApart() {
        String entries =
                output(0, "one\n") + GAP + "{\"kind\":\"attach\",\"offset\":104,\"timeMillis\":1,\"detail\":\"kim\"}\n"
                        + output(104, "\u001b[31mtwo\u001b[0m\n");
        // Cut in the middle of a line.
        api.bytes(
                LOG + "entries",
                CHUNKED + chunk(entries.substring(0, 150)) + chunk(entries.substring(150)) + "0\r\n\r\n");

        CliRun.Outcome outcome = cli().run("logs", "db");

        assertThat(outcome.out()).isEqualTo("one\n\u001b[31mtwo\u001b[0m\n");
        assertThat(outcome.err().strip())
                .isEqualTo("[... 100 bytes of output are missing here: the disk was full ...]");
        assertThat(outcome.code()).isZero();
        assertThat(cli().typing("", true).run("logs", "db").out()).isEqualTo("one\ntwo\n");
        assertThat(cli().typing("", true).run("logs", "db", "--raw").out()).contains("\u001b[31m");
        assertThat(cli().run("logs", "db", "-o", "json").out()).isEqualTo(entries);
    }

    @Test
    void asksForWhatIsWanted() {
        String since = "1767225600000";
        String query = "text&from=7&since=" + since + "&until=" + since
                + "&lines=3&search=a+%26+b&timestamps=true&follow=true";
        api.bytes(LOG + query, CHUNKED + chunk("found\n") + "0\r\n\r\n");

        CliRun.Outcome outcome = cli().run(
                        "logs",
                        "db",
                        "-f",
                        "--from",
                        "7",
                        "--since",
                        "2026-01-01T00:00:00Z",
                        "--until",
                        "2026-01-01T00:00:00Z",
                        "--tail",
                        "3",
                        "--search",
                        "a & b",
                        "--timestamps");

        assertThat(outcome).isEqualTo(new CliRun.Outcome(0, "found\n", ""));
    }

    @Test
    void exportsARecording() {
        api.bytes(LOG + "asciicast", CHUNKED + chunk("{\"version\":3}\n") + "0\r\n\r\n");

        assertThat(cli().run("logs", "db", "--export", "asciicast").out()).isEqualTo("{\"version\":3}\n");
    }

    @Test
    void saysSoWhereTheLogIsCut() {
        api.bytes(LOG + "entries", CHUNKED + chunk(output(0, "one\n")) + "20\r\nhalf");

        CliRun.Outcome outcome = cli().run("logs", "db");

        assertThat(outcome.code()).isNotZero();
        assertThat(outcome.out()).isEqualTo("one\n");
        assertThat(outcome.err()).contains("cut");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--raw --text",
                "--raw --timestamps",
                "--export asciicast --search x",
                "--export gif",
                "--from -1",
                "--lines -1",
                "--bytes 4KiB --lines 1",
                "--since yesterday",
                "-o json --text"
            })
    void refusesOptionsThatMakeNoSense(String options) {
        String[] words = ("logs db " + options).split(" ");

        assertThat(cli().run(words).code()).as(options).isEqualTo(2);
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void saysHowLogsAre() {
        Json good =
                JsonReader.read("{\"segments\":2,\"firstSegment\":1,\"start\":0,\"end\":90,\"lostBytes\":10,\"hash\":\""
                        + "ab".repeat(32) + "\",\"holds\":true}");
        Json bad = JsonReader.read(
                "{\"fault\":\"000000000002.output at byte 7: changed\",\"segments\":2,\"firstSegment\":1,"
                        + "\"start\":0,\"end\":50,\"lostBytes\":0,\"holds\":false}");
        api.answer("GET /v1/consoles/db/log/verification", good);
        api.answer("GET /v1/consoles/web/log/verification", bad);
        api.answer(
                "GET /v1/partitions",
                new Json.Obj(Map.of(
                        "partitions",
                        new Json.Array(List.of(
                                Samples.json(Samples.status("db", State.RUNNING)),
                                Samples.json(Samples.status("new", State.DEFINED)),
                                Samples.json(Samples.status("web", State.RUNNING)))))));

        assertThat(cli().run("logs", "db", "--verify").code()).isZero();
        CliRun.Outcome all = cli().run("logs", "--verify");

        assertThat(all.code()).isEqualTo(10);
        assertThat(all.out()).isEqualTo("""
                db: the log is what was written
                  offsets 0 to 90, 2 segments from number 1, 10 bytes missing and marked
                  SHA-256 %s
                web: the log is not what was written
                  000000000002.output at byte 7: changed
                  offsets 0 to 50, 2 segments from number 1
                """.formatted("ab".repeat(32)));
        assertThat(cli().run("logs").code()).isEqualTo(2);
    }
}
