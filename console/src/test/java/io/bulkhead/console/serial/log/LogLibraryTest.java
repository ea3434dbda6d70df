package io.bulkhead.console.serial.log;

import static io.bulkhead.console.serial.log.LogLaws.CREATION;
import static io.bulkhead.console.serial.log.LogLaws.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulkhead.broker.ConsoleRecords.Form;
import io.bulkhead.broker.ConsoleRecords.Question;
import io.bulkhead.broker.ConsoleRecords.Reading;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logs in real files, as the API reads them. */
@Timeout(60)
class LogLibraryTest {
    private static final PartitionName DB = new PartitionName("db");

    @TempDir
    private Path directory;

    private FileConsoleLogs logs;
    private LogLibrary library;
    private ConsoleLog log;

    @BeforeEach
    void open() {
        logs = new FileConsoleLogs(directory.resolve("consoles"), LogOptions.withQuota(LogOptions.LEAST_QUOTA_BYTES));
        library = new LogLibrary(logs);
        log = logs.open(DB, CREATION);
    }

    @AfterEach
    void close() {
        library.close();
        logs.close();
    }

    private void put(String text) {
        log.append(log.end(), text.getBytes(StandardCharsets.UTF_8));
    }

    private void awaitWritten() {
        await().until(() -> log.health().written() == log.end());
    }

    private static Question question(Form form) {
        return question(form, Optional.empty(), false);
    }

    private static Question tail(int lines) {
        return question(Form.RAW, Optional.of(lines), false);
    }

    private static Question following() {
        return question(Form.RAW, Optional.empty(), true);
    }

    private static Question question(Form form, Optional<Integer> lines, boolean follow) {
        return new Question(
                form,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                lines,
                Optional.empty(),
                false,
                Optional.empty(),
                follow);
    }

    private static Optional<byte[]> next(Reading reading) throws Exception {
        return reading.next().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private byte[] all(Question question) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Reading reading = library.read(DB, question).toCompletableFuture().get(20, TimeUnit.SECONDS)) {
            for (Optional<byte[]> piece = next(reading); piece.isPresent(); piece = next(reading)) {
                assertThat(piece.get().length).isBetween(1, 200_000);
                out.writeBytes(piece.get());
            }
        }
        return out.toByteArray();
    }

    private String text(Question question) throws Exception {
        return new String(all(question), StandardCharsets.UTF_8);
    }

    @Test
    void givesTheExactBytes() throws Exception {
        for (long at = 0; at < 400_000; at += 1_000) {
            log.append(at, stream(at, 1_000));
        }
        awaitWritten();

        assertThat(all(question(Form.RAW))).isEqualTo(stream(0, 400_000));
    }

    @Test
    void keepsFilesForItsOwnUserOnly() throws Exception {
        put("secret\n");
        awaitWritten();

        Path own = directory.resolve("consoles/db");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(own)) {
            assertThat(files).hasSize(2).allSatisfy(file -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------"));
        }
    }

    @Test
    void followsNoLinkThatSomebodyLaid() throws Exception {
        Path precious = Files.writeString(directory.resolve("precious"), "precious");
        Path own = Files.createDirectories(directory.resolve("consoles/db"));
        Files.createSymbolicLink(own.resolve("000000000001.output"), precious);

        put("x\n");
        await().until(() -> log.health().trouble().isPresent());
        Files.delete(own.resolve("000000000001.output"));
        await().until(() -> log.health().trouble().isEmpty());

        assertThat(precious).hasContent("precious");
    }

    @Test
    void givesTheLastLines() throws Exception {
        put("one\ntwo\n\nfour\nfive");
        awaitWritten();

        assertThat(text(tail(0))).isEmpty();
        assertThat(text(tail(1))).isEqualTo("five");
        assertThat(text(tail(2))).isEqualTo("four\nfive");
        assertThat(text(tail(4))).isEqualTo("two\n\nfour\nfive");
        assertThat(text(tail(99))).startsWith("one\n");
        put("\n");
        awaitWritten();
        assertThat(text(tail(1))).isEqualTo("five\n");
    }

    @Test
    void givesTheLastLinesAcrossSegments() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            lines.add("line " + i + " " + "x".repeat(100) + "\n");
            put(lines.get(i));
            if (i == 3_000) {
                log.gap(log.end(), log.end() + 500, "for the test");
            }
        }
        awaitWritten();

        for (int count : new int[] {1, 998, 999, 1_000, 2_000, 3_999}) {
            assertThat(text(tail(count))).isEqualTo(String.join("", lines.subList(4_000 - count, 4_000)));
        }
    }

    @Test
    void givesTheLastBytesAndWhatLiesBetweenTwoTimes() throws Exception {
        put("first\n");
        awaitWritten();
        long between = System.currentTimeMillis() + 1;
        await().until(() -> System.currentTimeMillis() > between + 25);
        put("second\n");
        awaitWritten();
        Optional<Long> none = Optional.empty();

        assertThat(text(new Question(
                        Form.RAW,
                        none,
                        Optional.of(between),
                        none,
                        Optional.empty(),
                        none,
                        false,
                        Optional.empty(),
                        false)))
                .isEqualTo("second\n");
        assertThat(text(new Question(
                        Form.RAW,
                        none,
                        none,
                        Optional.of(between),
                        Optional.empty(),
                        none,
                        false,
                        Optional.empty(),
                        false)))
                .isEqualTo("first\n");
        assertThat(text(new Question(
                        Form.RAW, none, none, none, Optional.empty(), Optional.of(4L), false, Optional.empty(), false)))
                .isEqualTo("ond\n");
        assertThat(text(new Question(
                        Form.RAW, Optional.of(4L), none, none, Optional.empty(), none, false, Optional.empty(), false)))
                .isEqualTo("t\nsecond\n");
    }

    @Test
    void searchesALogWithoutHoldingOthersUp() throws Exception {
        for (int i = 0; i < 9_000; i++) {
            put("line " + i + " of an ordinary kind\n");
        }
        awaitWritten();
        Question found = new Question(
                Form.TEXT,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true,
                Optional.of("line (7|8999) "),
                false);

        assertThat(text(found).lines()).hasSize(2).allSatisfy(line -> assertThat(line)
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z line (7|8999) of an ordinary kind"));
    }

    @Test
    void followsWhatComes() throws Exception {
        put("past\n");
        awaitWritten();
        try (Reading reading =
                library.read(DB, following()).toCompletableFuture().get(20, TimeUnit.SECONDS)) {
            assertThat(next(reading).orElseThrow()).asString().isEqualTo("past\n");
            CompletableFuture<Optional<byte[]>> waiting = reading.next().toCompletableFuture();
            assertThat(waiting).isNotDone();
            put("now\n");
            assertThat(waiting.get(20, TimeUnit.SECONDS).orElseThrow())
                    .asString()
                    .isEqualTo("now\n");

            CompletableFuture<Optional<byte[]>> last = reading.next().toCompletableFuture();
            logs.remove(DB);
            assertThat(last.get(20, TimeUnit.SECONDS)).isEmpty();
        }
    }

    @Test
    void refusesWhatMakesNoSense() {
        Question searching = new Question(
                Form.RAW,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.of("x"),
                false);
        assertThatThrownBy(() -> library.read(DB, searching))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("form text");
        assertThatThrownBy(() -> library.read(new PartitionName("web"), question(Form.RAW)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("there is no log");
        assertThatThrownBy(() -> library.verify(new PartitionName("web"))).hasMessageContaining("there is no log");
    }

    @Test
    void boundsHowManyReadAtOnceAndForgetsThoseThatEnded() throws Exception {
        List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < LogLibrary.MOST_READINGS; i++) {
            readings.add(library.read(DB, following()).toCompletableFuture().get(20, TimeUnit.SECONDS));
        }
        assertThatThrownBy(() -> library.read(DB, following())).hasMessageContaining("at once");

        readings.get(0).close();
        readings.get(0).close();
        readings.set(0, library.read(DB, following()).toCompletableFuture().get(20, TimeUnit.SECONDS));
        assertThatThrownBy(() -> library.read(DB, following())).hasMessageContaining("at once");
        readings.forEach(Reading::close);
    }

    @Test
    void verifiesAndFindsWhatSomebodyChanged() throws Exception {
        for (long at = 0; at < 400_000; at += 1_000) {
            log.append(at, stream(at, 1_000));
        }
        awaitWritten();
        Json.Obj good = library.verify(DB).toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(good.members())
                .containsEntry("holds", Json.of(true))
                .containsKey("hash")
                .doesNotContainKey("fault");

        Path second = directory.resolve("consoles/db/000000000002.output");
        byte[] bytes = Files.readAllBytes(second);
        bytes[1_000] ^= 1;
        Files.write(second, bytes);

        Json.Obj bad = library.verify(DB).toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(bad.members()).containsEntry("holds", Json.of(false));
        assertThat(bad.members().get("fault")).asString().contains("000000000002.output at byte");
    }

    @Test
    void removesALogWithItsDirectory() throws IOException {
        put("x");
        awaitWritten();
        assertThat(logs.partitions()).containsExactly(DB);
        Files.createDirectory(directory.resolve("consoles/Not a name"));
        assertThat(logs.partitions()).containsExactly(DB);

        logs.remove(DB);

        assertThat(directory.resolve("consoles/db")).doesNotExist();
        assertThat(logs.has(DB)).isFalse();
        assertThat(logs.partitions()).isEmpty();
    }
}
