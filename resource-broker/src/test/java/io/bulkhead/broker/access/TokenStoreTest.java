package io.bulkhead.broker.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenStoreTest {
    @TempDir
    Path directory;

    private long now = 1_000;

    private TokenStore open() {
        return TokenStore.open(directory.resolve("control/tokens.json"), () -> now);
    }

    @Test
    void knowsATokenByItsSecretAlsoWhenItIsOpenedAgain() {
        TokenStore.Made made = open().create(Role.OPERATOR, "backup", "root", Optional.empty());

        assertThat(open().find(made.secret())).contains(made.token());
        assertThat(open().list()).containsExactly(made.token());
        assertThat(made.token().note()).isEqualTo("backup");
    }

    @Test
    void keepsTheHashAloneInAFileOfItsOwner() throws IOException {
        TokenStore.Made made = open().create(Role.ADMIN, "", "root", Optional.empty());

        Path file = directory.resolve("control/tokens.json");
        assertThat(Files.readString(file))
                .doesNotContain(made.secret().substring(made.secret().lastIndexOf('_') + 1))
                .contains("\"sha256\":\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(made.toString()).doesNotContain(made.secret());
    }

    @Test
    void refusesWrongSecrets() {
        TokenStore store = open();
        String secret = store.create(Role.VIEWER, "", "root", Optional.empty()).secret();
        char last = secret.charAt(secret.length() - 2);
        String other = secret.substring(0, secret.length() - 2)
                + (last == 'A' ? 'B' : 'A')
                + secret.charAt(secret.length() - 1);

        assertThat(store.find(other)).isEmpty();
        assertThat(store.find("")).isEmpty();
        assertThat(store.find(secret + "x")).isEmpty();
        assertThat(store.find(secret)).isPresent();
    }

    @Test
    void givesNoSecretTwice() {
        TokenStore store = open();

        assertThat(store.create(Role.VIEWER, "", "root", Optional.empty()).secret())
                .isNotEqualTo(
                        store.create(Role.VIEWER, "", "root", Optional.empty()).secret())
                .matches("bht_[a-z0-9]+_[A-Za-z0-9_-]{43}");
    }

    @Test
    void forgetsWhatIsRevokedAndRefusesWhatHasExpired() {
        TokenStore store = open();
        TokenStore.Made kept = store.create(Role.VIEWER, "", "root", Optional.of(500L));
        TokenStore.Made revoked = store.create(Role.VIEWER, "", "root", Optional.empty());

        store.revoke(revoked.token().id());

        assertThat(store.find(revoked.secret())).isEmpty();
        assertThat(open().find(revoked.secret())).isEmpty();
        assertThat(store.find(kept.secret())).isPresent();
        now = 1_500;
        assertThat(store.find(kept.secret())).isEmpty();
        assertThatThrownBy(() -> store.revoke("nobody")).hasMessageContaining("there is no token 'nobody'");
    }

    @Test
    void neverOverwritesAFileThatItDoesNotUnderstand() throws IOException {
        Files.createDirectories(directory.resolve("control"));
        Path file = Files.writeString(directory.resolve("control/tokens.json"), "{\"version\":2,\"tokens\":[]}");

        TokenStore store = open();

        assertThat(store.damage()).isPresent();
        assertThat(store.find("bht_a_b")).isEmpty();
        assertThatThrownBy(() -> store.create(Role.ADMIN, "", "root", Optional.empty()))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.problem().code()).isEqualTo(ProblemCode.FAILED))
                .hasMessageContaining("it is of version 2, known is 1");
        assertThat(Files.readString(file)).isEqualTo("{\"version\":2,\"tokens\":[]}");
    }
}
