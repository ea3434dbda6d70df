package io.bulkhead.harness.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line to a guest's agent, with a program that stays in QEMU's place. */
class AgentLineTest {
    @TempDir
    private Path directory;

    @Test
    void hearsWhatTheAgentSaysBetweenNoise() throws Exception {
        Path socket = directory.resolve("agent.sock");
        Process qemu = new ProcessBuilder("sleep", "60").start();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            try (AgentLine line = AgentLine.open(socket, qemu, directory.resolve("log"));
                    SocketChannel guest = server.accept()) {
                assertThat(line.takeReady()).isFalse();

                say(guest, "\0garbage\r\nready\r\nended 3 7\r\nended x\r\n");

                await().until(() -> line.status(3).isPresent());
                assertThat(line.status(3)).contains(7);
                assertThat(line.status(4)).isEmpty();
                assertThat(line.takeReady()).isTrue();
                assertThat(line.takeReady()).isFalse();

                line.submit(4);
                assertThat(heard(guest)).isEqualTo("4\n");
            }
        } finally {
            qemu.destroyForcibly().onExit().join();
        }
    }

    @Test
    void aQemuThatDoesNotStartIsToldWithItsWords() throws Exception {
        Path log = Files.writeString(directory.resolve("log"), "qemu: no such machine\n");
        Process qemu = new ProcessBuilder("true").start();
        qemu.onExit().join();

        assertThatThrownBy(() -> AgentLine.open(directory.resolve("agent.sock"), qemu, log))
                .isInstanceOf(LabFailure.class)
                .hasMessageContaining("no such machine");
    }

    private static void say(SocketChannel guest, String text) throws IOException {
        guest.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String heard(SocketChannel guest) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(64);
        guest.read(piece);
        return new String(piece.array(), 0, piece.position(), StandardCharsets.US_ASCII);
    }
}
