package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.wire.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Garbage, oversized, truncated and slow input on both sockets: a clear error, a closed connection, others served. */
@NotInTheLab("what comes over a socket is the same on every kernel")
class HostileInputIT {
    private static Installation host;
    private static String before;

    @BeforeAll
    static void install() {
        host = Installation.up();
        host.run("define", "quiet", "--cpus", "0.2", "--memory", "64MiB").expect(0);
        before = host.api().get("/v1/partitions").toString();
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    @AfterEach
    void othersAreServedAndNothingHasChanged() {
        assertThat(host.api().get("/v1/partitions")).hasToString(before);
    }

    @Test
    void theManagerRefusesGarbage() throws IOException {
        assertThat(managerAnswers("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))
                .contains("refused")
                .contains("protocol-error");
    }

    @Test
    void theManagerRefusesAnOversizedFrame() throws IOException {
        byte[] header =
                ByteBuffer.allocate(5).put((byte) 'M').putInt(Integer.MAX_VALUE).array();

        assertThat(managerAnswers(header)).contains("protocol-error").contains("at most 1048576");
    }

    @Test
    void theManagerRefusesAnOrderThatItDoesNotKnow() throws IOException {
        assertThat(managerAnswers(message("{\"type\":\"format-disk\"}")))
                .contains("refused")
                .contains("format-disk");
    }

    @Test
    void theManagerClosesACutFrame() throws IOException {
        try (SocketChannel channel = connect(host.managerSocket())) {
            channel.write(ByteBuffer.wrap(new byte[] {'M', 0, 0, 1, 0, '{'}));
            channel.shutdownOutput();

            assertThat(readAll(channel)).contains("protocol-error");
        }
    }

    @Test
    void theManagerEndsASlowSender() throws IOException {
        try (SocketChannel channel = connect(host.managerSocket())) {
            channel.write(ByteBuffer.wrap(new byte[] {'M', 0, 0}));

            // Reads to the end: the manager closes after its deadline, or this test never ends.
            assertThat(readAll(channel)).contains("protocol-error");
        }
    }

    @Test
    void theManagerSurvivesRandomBytes() throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < 50; i++) {
            byte[] bytes = new byte[1 + random.nextInt(300)];
            random.nextBytes(bytes);
            try (SocketChannel channel = connect(host.managerSocket())) {
                channel.write(ByteBuffer.wrap(bytes));
                channel.shutdownOutput();
                readAll(channel);
            }
        }
    }

    @Test
    void theManagerServesOnBesideManyIdleConnections() throws IOException {
        List<SocketChannel> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 60; i++) {
                idle.add(connect(host.managerSocket()));
            }
            host.run("list").expect(0);
        } finally {
            for (SocketChannel channel : idle) {
                channel.close();
            }
        }
    }

    @Test
    void theApiRefusesGarbage() throws IOException {
        assertThat(apiAnswers("\0\1\2 nonsense\r\n\r\n")).contains("400");
    }

    @Test
    void theApiRefusesABrokenBodyAndNamesThePlace() throws IOException {
        String answer = apiAnswers(request("PUT", "/v1/partitions/x", "{\"definition\": {\"name\": 7}}"));

        assertThat(answer).contains("400").contains("application/problem+json").contains("definition.name");
    }

    @Test
    void theApiRefusesAnOversizedBody() throws IOException {
        String answer = apiAnswers(
                "PUT /v1/partitions/x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n{");

        assertThat(answer).contains("413");
    }

    @Test
    void theApiRefusesUnknownPathsAndMethods() throws IOException {
        assertThat(apiAnswers(request("GET", "/v2/nothing", "")))
                .contains("404")
                .contains("not-found");
        assertThat(apiAnswers(request("PATCH", "/v1/host", "{}")))
                .contains("405")
                .containsIgnoringCase("allow:");
    }

    private static String request(String method, String path, String body) {
        return method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static byte[] message(String json) {
        return new Frame(Frame.Kind.MESSAGE, json.getBytes(StandardCharsets.UTF_8))
                .toBytes()
                .array();
    }

    private static String managerAnswers(byte[] bytes) throws IOException {
        return answers(host.managerSocket(), bytes);
    }

    private static String apiAnswers(String text) throws IOException {
        return answers(host.apiSocket(), text.getBytes(StandardCharsets.UTF_8));
    }

    private static String answers(Path socket, byte[] bytes) throws IOException {
        try (SocketChannel channel = connect(socket)) {
            channel.write(ByteBuffer.wrap(bytes));
            channel.shutdownOutput();
            return readAll(channel);
        }
    }

    private static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    private static String readAll(SocketChannel channel) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteBuffer piece = ByteBuffer.allocate(8192);
        try {
            while (channel.read(piece.clear()) >= 0) {
                out.write(piece.array(), 0, piece.position());
            }
        } catch (IOException e) {
            // Reset by the other side, which may close without reading what is still on its way.
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
