package io.bulkhead.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.client.BodyStream;
import io.bulkhead.console.serial.log.ConsoleLog;
import io.bulkhead.console.serial.log.EntryKind;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A control plane's logs, fed as the console service feeds them, from the disk to a client. */
@Timeout(60)
class ConsoleLogIT {
    private static final PartitionName DB = new PartitionName("db");

    @TempDir
    private Path directory;

    private ControlPlane controlPlane;
    private ApiClient client;
    private ConsoleLog log;

    @BeforeEach
    void start() throws IOException {
        Files.createDirectories(directory.resolve("control"));
        Settings settings = SettingsLoader.defaults(Map.of(
                "instance.run_dir", directory.toString(),
                "instance.state_dir", directory.resolve("state").toString(),
                "partitions.console_log", "2MiB"));
        client = new ApiClient(settings.apiSocket());
        controlPlane = ControlPlane.start(settings);
        log = controlPlane.consoleLogs().open(DB, "creation-1");
    }

    @AfterEach
    void end() {
        controlPlane.close();
    }

    private void awaitWritten() {
        await().until(() -> log.health().written() == log.end());
    }

    private byte[] read(String query) throws IOException {
        try (BodyStream body = client.open("/v1/consoles/db/log" + query)) {
            return body.readAllBytes();
        }
    }

    private String text(String query) throws IOException {
        return new String(read(query), StandardCharsets.UTF_8);
    }

    @Test
    void bringsEveryByteFromTheDiskToTheClient() throws IOException {
        byte[] sent = new byte[1_500_000];
        new Random(7).nextBytes(sent);
        for (int at = 0; at < sent.length; at += 10_000) {
            log.append(at, sent, at, 10_000);
            if (at % 500_000 == 0) {
                awaitWritten();
            }
        }
        awaitWritten();

        assertThat(read("")).isEqualTo(sent);
        assertThat(client.get("/v1/consoles/db/log/verification"))
                .isInstanceOfSatisfying(Json.Obj.class, found -> assertThat(found.members())
                        .containsEntry("holds", Json.of(true))
                        .containsEntry("end", Json.of(sent.length)));
        assertThat(directory.resolve("state/control/consoles/db/000000000001.output"))
                .exists();
    }

    @Test
    void keepsToTheQuotaOfTheSettings() {
        byte[] piece = new byte[50_000];
        for (int i = 0; i < 200; i++) {
            log.append(log.end(), piece);
            if (i % 20 == 0) {
                awaitWritten();
            }
        }
        awaitWritten();

        assertThat(log.health().quotaBytes()).isEqualTo(2L << 20);
        assertThat(log.health().bytes()).isBetween(1L << 20, 2L << 20);
        assertThat(log.health().start()).isGreaterThan(7_000_000);
    }

    @Test
    void showsEveryForm() throws IOException {
        log.mark(0, EntryKind.RESIZE, "100x30", 5);
        log.append(0, "\u001b[32mok\u001b[0m\r\nlogin: ".getBytes(StandardCharsets.UTF_8));
        log.gap(log.end(), log.end() + 10, "for the test");
        awaitWritten();

        assertThat(text("?form=text")).startsWith("^[[32mok^[[0m\nlogin: \n[... 10 bytes of output are missing here");
        assertThat(text("?form=text&search=%5Eok%24")).startsWith("^[[32mok");
        assertThat(text("?form=entries").lines()).hasSize(3);
        assertThat(text("?form=asciicast").lines().findFirst().orElse("")).contains("\"cols\":100,\"rows\":30");
        assertThat(text("?lines=1")).isEqualTo("login: ");
    }

    @Test
    void followsUntilTheControlPlaneEnds() throws IOException {
        log.append(0, "past\n".getBytes(StandardCharsets.UTF_8));
        awaitWritten();
        try (BodyStream body = client.open("/v1/consoles/db/log?follow=true")) {
            assertThat(body.readNBytes(5)).asString().isEqualTo("past\n");
            log.append(5, "now\n".getBytes(StandardCharsets.UTF_8));
            assertThat(body.readNBytes(4)).asString().isEqualTo("now\n");
        }
    }

    @Test
    void goesOnWhereItsPredecessorEnded() throws IOException {
        log.append(0, "before ".getBytes(StandardCharsets.UTF_8));
        controlPlane.close();
        start();

        assertThat(log.end()).isEqualTo(7);
        log.append(0, "before after".getBytes(StandardCharsets.UTF_8));
        awaitWritten();
        assertThat(text("")).isEqualTo("before after");
    }
}
