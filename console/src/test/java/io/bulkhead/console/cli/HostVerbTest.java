package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.broker.inventory.InventoryFiles;
import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class HostVerbTest {
    private static final InventoryFile FILE = HostMapTest.file();
    private static final Json BODY = RecordCodec.encode(FILE);

    private FakeApi api;

    @TempDir
    private Path directory;

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectory(directory.resolve("control"));
        api = new FakeApi(directory.resolve("control/api.sock"));
        api.answer("GET /v1/host", RecordCodec.encode(HostMapTest.view()));
        api.answer("GET /v1/host/inventory", BODY);
    }

    @AfterEach
    void end() throws IOException {
        api.close();
    }

    @Test
    void drawsTheMap() {
        CliRun.Outcome outcome = run("host");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).isEqualTo(new HostMap(HostMapTest.view(), FILE, false, 1000).toString());
    }

    @Test
    void givesTheBodyOfTheApiUnchangedAsJson() {
        CliRun.Outcome outcome = run("host", "-o", "json");

        assertThat(api.requests()).containsExactly("GET /v1/host");
        assertThat(JsonReader.read(outcome.out())).isEqualTo(RecordCodec.encode(HostMapTest.view()));
    }

    @Test
    void honoursTheWidthThatTheShellTells() {
        CliRun.Outcome outcome = new CliRun(directory).with("COLUMNS", "72").run("host");

        assertThat(outcome.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(72));
    }

    @Test
    void coloursOnATerminalOnlyAndNotWhereNobodyWantsColour() {
        CliRun.Outcome terminal = new CliRun(directory).typing("", true).run("host");
        CliRun.Outcome plain =
                new CliRun(directory).typing("", true).with("NO_COLOR", "1").run("host");

        assertThat(terminal.out()).contains("\u001b[32mfree\u001b[0m");
        assertThat(plain.out()).doesNotContain("\u001b");
        assertThat(run("host").out()).doesNotContain("\u001b");
    }

    @Test
    void exportsToStandardOutput() {
        CliRun.Outcome outcome = run("host", "export");

        assertThat(outcome.out())
                .isEqualTo(InventoryFiles.text(BODY))
                .isEqualTo(run("host", "export", "-").out());
        assertThat(api.requests()).containsOnly("GET /v1/host/inventory");
    }

    @Test
    void exportsToAFileThatCanBeReadBack() {
        Path file = directory.resolve("host.json");

        CliRun.Outcome outcome = run("host", "export", file.toString());

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).isEqualTo("the inventory is in " + file + "\n");
        assertThat(InventoryFiles.read(file)).isEqualTo(FILE);
    }

    @Test
    void replacesAFileOnlyByForce() throws IOException {
        Path file = Files.writeString(directory.resolve("host.json"), "mine");

        CliRun.Outcome refused = run("host", "export", file.toString());

        assertThat(refused.code()).isEqualTo(4);
        assertThat(refused.err()).contains(file + ": is there already", "fix: ", "--force");
        assertThat(file).hasContent("mine");
        assertThat(run("host", "export", "--force", file.toString()).code()).isZero();
        assertThat(InventoryFiles.read(file)).isEqualTo(FILE);
    }

    @Test
    void writesNothingWhereThereIsNoControlPlane() throws IOException {
        api.refuse("GET /v1/host/inventory", 503, Samples.problem("unreachable", "the manager is away", "bulkhead up"));
        Path file = directory.resolve("host.json");

        CliRun.Outcome outcome = run("host", "export", file.toString());

        assertThat(outcome.code()).isEqualTo(7);
        assertThat(file).doesNotExist();
    }

    private CliRun.Outcome run(String... args) {
        return new CliRun(directory).run(args);
    }
}
