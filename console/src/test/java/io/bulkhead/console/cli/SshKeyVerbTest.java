package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.contract.wire.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshKeyVerbTest {
    private static final String LINE = "ssh-ed25519 AAAA alice@desk";
    private static final String KEY =
            "{'id':'k3','name':'alice','role':'viewer','rights':['write@db'],'idleSeconds':900,"
                    + "'type':'ssh-ed25519','fingerprint':'SHA256:abc','createdBy':'root','createdAtMillis':1}";

    @TempDir
    Path directory;

    private FakeApi api;

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectories(directory.resolve("control"));
        api = new FakeApi(directory.resolve("control/api.sock"));
        api.answer("POST /v1/ssh-keys", JsonReader.read(KEY.replace('\'', '"')));
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
    }

    private CliRun.Outcome run(String... args) {
        return new CliRun(directory).run(args);
    }

    @Test
    void readsAKeyFromItsFile() throws IOException {
        Path file = Files.writeString(directory.resolve("id.pub"), LINE + "\n");

        CliRun.Outcome outcome = run("ssh-key", "add", "alice", file.toString(), "--right", "write@db");

        assertThat(outcome.err()).contains("k3: SHA256:abc is a key of alice");
        assertThat(api.requests())
                .singleElement()
                .asString()
                .startsWith("POST /v1/ssh-keys {")
                .contains(
                        "\"name\":\"alice\"",
                        "\"role\":\"viewer\"",
                        "\"rights\":[\"write@db\"]",
                        "\"key\":\"" + LINE + "\"");
    }

    @Test
    void givesNothingButRightsToWhoHasNoRole() throws IOException {
        Path file = Files.writeString(directory.resolve("id.pub"), LINE);

        run("ssh-key", "add", "alice", file.toString(), "--role", "none", "--right", "read@db");

        assertThat(api.requests()).singleElement().asString().doesNotContain("role");
    }

    @Test
    void givesAKeyTimesOfItsOwn() throws IOException {
        String file = Files.writeString(directory.resolve("id.pub"), LINE).toString();

        run("ssh-key", "add", "alice", file, "--idle", "15m", "--longest", "off");
        CliRun.Outcome wrong = run("ssh-key", "add", "alice", file, "--idle", "0m");

        assertThat(api.requests()).singleElement().asString().contains("\"idleSeconds\":900", "\"longestSeconds\":0");
        assertThat(wrong.code()).isNotZero();
        assertThat(wrong.err()).contains("--idle does not know '0m'");
    }

    @Test
    void saysWhichFileIsMissing() {
        CliRun.Outcome outcome =
                run("ssh-key", "add", "alice", directory.resolve("none.pub").toString());

        assertThat(outcome.code()).isNotZero();
        assertThat(outcome.err()).contains("none.pub");
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void listsAndRemovesKeys() {
        api.answer("GET /v1/ssh-keys", JsonReader.read(("{'sshKeys':[" + KEY + "]}").replace('\'', '"')));
        api.raw("DELETE /v1/ssh-keys/k3", "HTTP/1.1 204 Gone\r\n", "");

        assertThat(run("ssh-key", "list").out())
                .containsPattern("k3 +alice +viewer +write@db +15m 0s +- +1970-01-01 .*root +SHA256:abc");
        CliRun.Outcome removed = run("ssh-key", "remove", "k3", "../x");

        assertThat(removed.code()).isNotZero();
        assertThat(removed.err()).contains("k3: removed", "'../x' is not the id of a key");
    }
}
