package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The public keys for SSH by the API. Who may is a matter of {@link ApiAccessIT}. */
class SshKeysIT extends ApiFixture {
    private static final String BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    private static String body(String name, String rest) {
        return "{\"name\":\"" + name + "\"," + rest + "\"key\":\"ssh-ed25519 " + BLOB + " alice@desk\"}";
    }

    @Test
    void knowsAKeyUntilItIsRemovedAndShowsItNever() throws IOException {
        RawClient.Answer made =
                ask("POST", "/v1/ssh-keys", body("alice", "\"role\":\"operator\",\"idleSeconds\":900,"));

        assertThat(made.status()).as(made.body()).isEqualTo(201);
        assertThat(made.text("fingerprint")).startsWith("SHA256:");
        RawClient.Answer listed = ask("GET", "/v1/ssh-keys", "");
        assertThat(listed.body())
                .contains(made.text("id"), "alice", "operator", "\"idleSeconds\":900")
                .doesNotContain(BLOB, "longestSeconds");
        assertThat(ask("POST", "/v1/ssh-keys", body("bob", "\"role\":\"viewer\","))
                        .status())
                .isEqualTo(409);

        String path = "/v1/ssh-keys/" + made.text("id");
        assertThat(List.of(
                        ask("DELETE", path, "").status(),
                        ask("DELETE", path, "").status()))
                .containsExactly(204, 404);
        assertThat(ask("GET", "/v1/ssh-keys", "").body()).doesNotContain("alice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"alice\",\"role\":\"viewer\",\"key\":\"ssh-ed25519 AAAA\"}",
                "{\"name\":\"alice\",\"role\":\"viewer\",\"key\":\"command=\\\"sh\\\" ssh-ed25519 AAAA\"}",
                "{\"name\":\"alice\",\"role\":\"viewer\"}",
                "{\"name\":\"Al Ice\",\"role\":\"viewer\",\"key\":\"ssh-ed25519 " + BLOB + "\"}",
                "{\"name\":\"alice\",\"key\":\"ssh-ed25519 " + BLOB + "\"}",
                "{\"name\":\"alice\",\"role\":\"viewer\",\"longestSeconds\":-1,\"key\":\"ssh-ed25519 " + BLOB + "\"}",
                "{\"name\":\"alice\",\"rights\":[\"root@db\"],\"key\":\"ssh-ed25519 " + BLOB + "\"}",
            })
    void refusesWhatIsNoKeyOrGivesNothing(String body) throws IOException {
        RawClient.Answer answer = ask("POST", "/v1/ssh-keys", body);

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(ask("GET", "/v1/ssh-keys", "").body()).doesNotContain("alice");
    }

    @Test
    void writesDownWhoAddsAndRemovesAndNoKey() throws IOException {
        String id = ask("POST", "/v1/ssh-keys", body("alice", "\"rights\":[\"read@db\"],"))
                .text("id");
        ask("DELETE", "/v1/ssh-keys/" + id, "");

        String audit = ask("GET", "/v1/audit", "").body();

        assertThat(audit).contains("ssh-key-add", "ssh-key-remove").doesNotContain(BLOB);
    }
}
