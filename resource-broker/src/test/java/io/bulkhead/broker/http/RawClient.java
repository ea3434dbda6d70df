package io.bulkhead.broker.http;

import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A client that sends exactly the bytes it is told to, right or wrong, and blocks until it has what it waits for. */
final class RawClient implements AutoCloseable {
    private final SocketChannel channel;
    private final StringBuilder seen = new StringBuilder();
    private final FrameDecoder decoder = new FrameDecoder();
    private final Deque<Frame> frames = new ArrayDeque<>();

    /**
     * An answer of HTTP; those of these tests are ASCII, so that characters are bytes.
     *
     * @param status of its first line
     * @param head everything before the empty line
     * @param body everything behind
     */
    record Answer(int status, String head, String body) {
        Map<String, Json> json() {
            return ((Json.Obj) JsonReader.read(body)).members();
        }

        /** The value of a header, in whatever case its name is. */
        Optional<String> header(String name) {
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }

        String text(String member) {
            return ((Json.Text) Objects.requireNonNull(json().get(member), member)).value();
        }
    }

    RawClient(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    /** To TCP on loopback. */
    RawClient(int port) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** One request on a connection of its own, judged by the written description. */
    static Answer ask(Path socket, String method, String path, String body, String... headers) throws IOException {
        try (RawClient client = new RawClient(socket)) {
            return client.ask(method, path, body, headers);
        }
    }

    /** The last request of this connection, judged by the written description. */
    Answer ask(String method, String path, String body, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nConnection: close\r\n");
        boolean named = false;
        for (String header : headers) {
            head.append(header).append("\r\n");
            named |= header.startsWith("Host:");
        }
        head.append(named ? "" : "Host: t\r\n");
        send(head + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
        Answer answer = answer();
        ApiContract.WRITTEN.judge(method, path, body, answer);
        return answer;
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    RawClient send(Frame frame) throws IOException {
        return send(frame.toBytes().array());
    }

    RawClient send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        return this;
    }

    /** Reads up to the end of the connection. */
    String untilClosed() throws IOException {
        boolean more = true;
        while (more) {
            more = fill();
        }
        return seen.toString();
    }

    /** Reads until some text has come; fails when the connection ends before. */
    String until(String text) throws IOException {
        while (seen.indexOf(text) < 0) {
            if (!fill()) {
                throw new IOException("the connection ended; it had said: " + seen);
            }
        }
        return seen.toString();
    }

    /** Reads one answer of known length. */
    Answer answer() throws IOException {
        until("\r\n\r\n");
        int end = seen.indexOf("\r\n\r\n");
        String head = seen.substring(0, end);
        int length = head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
        int all = end + 4 + length;
        while (seen.length() < all) {
            if (!fill()) {
                throw new IOException("the answer was cut: " + seen);
            }
        }
        String body = seen.substring(end + 4, all);
        seen.delete(0, all);
        return new Answer(Integer.parseInt(head.substring(9, 12)), head, body);
    }

    private boolean fill() throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(64 << 10);
        if (channel.read(piece) < 0) {
            return false;
        }
        seen.append(StandardCharsets.ISO_8859_1.decode(piece.flip()));
        return true;
    }

    // ---- after an upgrade

    RawClient upgrade() throws IOException {
        send("GET /v1/streams HTTP/1.1\r\nHost: t\r\nConnection: Upgrade\r\nUpgrade: bulkhead-stream/1\r\n\r\n");
        Answer answer = answer();
        if (answer.status() != 101) {
            throw new IOException("no upgrade: " + answer);
        }
        return this;
    }

    /** The next frame, none at the end of the connection. */
    Optional<Frame> nextFrame() throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(256 << 10);
        while (frames.isEmpty()) {
            if (channel.read(piece) < 0) {
                return Optional.empty();
            }
            frames.addAll(decoder.feed(piece.flip()));
            piece.clear();
        }
        return Optional.of(frames.remove());
    }

    Frame frame() throws IOException {
        return nextFrame().orElseThrow(() -> new IOException("the stream ended"));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
