package io.bulkhead.broker.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshKeyStoreTest {
    @TempDir
    Path directory;

    private SshKeyStore open() {
        return SshKeyStore.open(directory.resolve("control/ssh-keys.json"), () -> 1_000);
    }

    private static SshPublicKey key(int filling) {
        byte[] type = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer blob = ByteBuffer.allocate(8 + type.length + 32);
        blob.putInt(type.length).put(type).putInt(32);
        while (blob.hasRemaining()) {
            blob.put((byte) filling);
        }
        return SshPublicKey.parse("ssh-ed25519 " + Base64.getEncoder().encodeToString(blob.array()) + " me@here");
    }

    @Test
    void knowsAKeyByItsBytesAlsoWhenItIsOpenedAgain() {
        SshKey added =
                open().add("alice", Optional.of(Role.OPERATOR), List.of(), SshKeyTimes.OF_SETTINGS, key(1), "root");

        assertThat(open().find(key(1).blob())).contains(added);
        assertThat(open().find(key(2).blob())).isEmpty();
        assertThat(added.caller("10.0.0.1:5"))
                .isEqualTo(new Caller("ssh alice", Optional.of(Role.OPERATOR), Caller.Transport.SSH, "10.0.0.1:5"));
    }

    @Test
    void keepsItsFileToItsOwnerAndShowsNoKey() throws IOException {
        open().add("alice", Optional.of(Role.VIEWER), List.of(), SshKeyTimes.OF_SETTINGS, key(1), "root");

        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve("control/ssh-keys.json"))))
                .isEqualTo("rw-------");
        assertThat(key(1).toString()).doesNotContain(key(1).base64());
    }

    @Test
    void givesAllKeysOfOneNameTheSameRoleAndRights() {
        SshKeyStore store = open();
        store.add("alice", Optional.empty(), List.of("write@db"), SshKeyTimes.OF_SETTINGS, key(1), "root");
        store.add("alice", Optional.empty(), List.of("write@db"), SshKeyTimes.OF_SETTINGS, key(2), "root");

        assertThatThrownBy(() -> store.add(
                        "alice", Optional.of(Role.VIEWER), List.of(), SshKeyTimes.OF_SETTINGS, key(3), "root"))
                .hasMessageContaining("alice has another role or other rights");
        assertThatThrownBy(() ->
                        store.add("bob", Optional.of(Role.VIEWER), List.of(), SshKeyTimes.OF_SETTINGS, key(2), "root"))
                .hasMessageContaining("that key is known already");
    }

    @Test
    void keepsAKeysOwnTimes() {
        SshKeyTimes times = new SshKeyTimes(Optional.of(900L), Optional.of(0L));
        open().add("alice", Optional.of(Role.VIEWER), List.of(), times, key(1), "root");

        assertThat(open().find(key(1).blob()).map(SshKey::times)).contains(times);
        assertThatThrownBy(() -> new SshKeyTimes(Optional.of(-1L), Optional.empty()))
                .hasMessageContaining("0 to 315360000 seconds");
    }

    @Test
    void tellsOfWhatIsRemoved() {
        SshKeyStore store = open();
        SshKey added = store.add("alice", Optional.of(Role.VIEWER), List.of(), SshKeyTimes.OF_SETTINGS, key(1), "root");
        List<SshKey> gone = new ArrayList<>();
        store.onRemoved(gone::add);

        store.remove(added.id());

        assertThat(gone).containsExactly(added);
        assertThat(open().find(key(1).blob())).isEmpty();
        assertThatThrownBy(() -> store.remove("abc")).hasMessageContaining("there is no SSH key 'abc'");
    }

    @Test
    void neverOverwritesAFileThatItDoesNotUnderstand() throws IOException {
        Files.createDirectories(directory.resolve("control"));
        Path file = Files.writeString(directory.resolve("control/ssh-keys.json"), "{\"version\":2,\"keys\":[]}");

        SshKeyStore store = open();

        assertThat(store.accepted()).isEmpty();
        assertThatThrownBy(() ->
                        store.add("alice", Optional.of(Role.ADMIN), List.of(), SshKeyTimes.OF_SETTINGS, key(1), "root"))
                .hasMessageContaining("it is of version 2, known is 1");
        assertThat(Files.readString(file)).isEqualTo("{\"version\":2,\"keys\":[]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ssh-ed25519",
                "ssh-dss AAAA",
                "ssh-ed25519 AAAA",
                "ssh-ed25519 ****",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==",
                "command=\"sh\" ssh-ed25519 AAAA",
                "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAgEB"
            })
    void takesNoKeyThatIsNone(String line) {
        assertThatThrownBy(() -> SshPublicKey.parse(line)).isInstanceOf(IllegalArgumentException.class);
    }
}
