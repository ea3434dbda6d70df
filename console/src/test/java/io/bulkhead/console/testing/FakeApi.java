package io.bulkhead.console.testing;

import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.MessageCodec;
import io.bulkhead.console.protocol.MessageSplitter;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A control plane on a Unix socket that answers as it was told and remembers what it was asked. */
public final class FakeApi implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<String> conditions = Collections.synchronizedList(new ArrayList<>());
    private volatile StreamScript script = (order, stream) -> {};
    private volatile ConsoleScript consoleScript = (hello, console) -> {};

    /** What came. */
    public record Request(String method, String path, String body) {
        @Override
        public String toString() {
            return method + " " + path + (body.isEmpty() ? "" : " " + body);
        }
    }

    /** What a stream does after its order has come; it ends when the script does. */
    public interface StreamScript {
        void play(Order order, Stream stream) throws IOException;
    }

    /** The server's side of a stream. */
    public static final class Stream {
        private final SocketChannel channel;
        private final FrameDecoder decoder = new FrameDecoder();
        private final Deque<Frame> received = new ArrayDeque<>();

        private Stream(SocketChannel channel) {
            this.channel = channel;
        }

        public void send(Frame frame) throws IOException {
            ByteBuffer bytes = frame.toBytes();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        public void output(String text) throws IOException {
            send(new Frame(Frame.Kind.OUTPUT, text.getBytes(StandardCharsets.UTF_8)));
        }

        /** The next frame of the client; empty when it has gone. */
        public Optional<Frame> receive() throws IOException {
            ByteBuffer piece = ByteBuffer.allocate(8192);
            while (received.isEmpty()) {
                if (channel.read(piece.clear()) < 0) {
                    return Optional.empty();
                }
                received.addAll(decoder.feed(piece.flip()));
            }
            return Optional.of(received.remove());
        }
    }

    /** What a console does after a hello has come; it ends when the script does. */
    public interface ConsoleScript {
        void play(ClientMessage.Hello hello, Console console) throws IOException;
    }

    /** The server's side of a console. */
    public static final class Console {
        private final SocketChannel channel;
        private final MessageSplitter splitter = new MessageSplitter();
        private final Deque<ByteBuffer> received = new ArrayDeque<>();

        private Console(SocketChannel channel) {
            this.channel = channel;
        }

        public void send(ServerMessage message) throws IOException {
            MessageCodec.Encoded encoded = MessageCodec.encode(message);
            channel.write(MessageSplitter.prefix(encoded.length()));
            channel.write(ByteBuffer.wrap(encoded.toBytes()));
        }

        public void opened(long offset, ServerMessage.Role role) throws IOException {
            send(new ServerMessage.Opened(offset, offset, "first", "me#1", role, Optional.empty(), 1 << 10));
        }

        public void output(long offset, String text) throws IOException {
            send(new ServerMessage.Output(offset, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
        }

        /** The next message of the client; empty when it has gone. */
        public Optional<ClientMessage> receive() throws IOException {
            ByteBuffer piece = ByteBuffer.allocate(8192);
            while (received.isEmpty()) {
                if (channel.read(piece.clear()) < 0) {
                    return Optional.empty();
                }
                received.addAll(splitter.feed(piece.flip()));
            }
            return Optional.of(MessageCodec.decodeClient(received.remove()));
        }
    }

    /** What consoles do. */
    public FakeApi console(ConsoleScript play) {
        consoleScript = play;
        return this;
    }

    public FakeApi(Path socket) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread thread = new Thread(this::serve, "fake-api");
        thread.setDaemon(true);
        thread.start();
    }

    /** Answers a request, like {@code GET /v1}, with a JSON body and its entity tag. */
    public FakeApi answer(String request, Json body) {
        return raw(
                request,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: " + tag(body) + "\r\n",
                body.toString());
    }

    /** The entity tag that goes with a body. */
    public static String tag(Json body) {
        return "\"" + Integer.toHexString(body.toString().hashCode()) + "\"";
    }

    /** The changes that set a condition, each with it: {@code PUT /v1/partitions/db If-Match: "x"}. */
    public List<String> conditions() {
        return List.copyOf(conditions);
    }

    /** Answers a request with a problem document. */
    public FakeApi refuse(String request, int status, Json problem) {
        return raw(
                request,
                "HTTP/1.1 " + status + " No\r\nContent-Type: application/problem+json\r\n",
                problem.toString());
    }

    /** Answers a request with a head and a body. */
    public FakeApi raw(String request, String head, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return bytes(request, head + "Content-Length: " + bytes.length + "\r\n\r\n" + body);
    }

    /** Answers a request with exactly this. */
    public FakeApi bytes(String request, String answer) {
        answers.put(request, answer.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** What streams do. */
    public FakeApi stream(StreamScript play) {
        script = play;
        return this;
    }

    /** Everything that was asked, in order. */
    public List<String> requests() {
        synchronized (requests) {
            return requests.stream().map(Request::toString).toList();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void serve() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                Thread thread = new Thread(() -> serve(channel), "fake-api-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            Request request = read(channel);
            requests.add(request);
            if (request.path().equals("/v1/streams")) {
                channel.write(ByteBuffer.wrap("HTTP/1.1 101 Switching\r\nUpgrade: bulkhead-stream/1\r\n\r\n"
                        .getBytes(StandardCharsets.UTF_8)));
                Stream stream = new Stream(channel);
                Optional<Frame> order = stream.receive();
                if (order.isPresent()) {
                    Order asked = order.get().as(Order.class);
                    requests.add(new Request(
                            "ORDER",
                            RecordCodec.encodeAs(Order.class, (Record) asked).toString(),
                            ""));
                    script.play(asked, stream);
                }
                return;
            }
            if (request.path().matches("/v1/consoles/[^/]+/attach")) {
                channel.write(ByteBuffer.wrap("HTTP/1.1 101 Switching\r\nUpgrade: bulkhead.console.v1\r\n\r\n"
                        .getBytes(StandardCharsets.UTF_8)));
                Console console = new Console(channel);
                if (console.receive().orElseThrow() instanceof ClientMessage.Hello hello) {
                    requests.add(new Request("HELLO", hello.toString(), ""));
                    consoleScript.play(hello, console);
                }
                return;
            }
            byte[] answer = answers.getOrDefault(
                    request.method() + " " + request.path(),
                    ("HTTP/1.1 404 No\r\nContent-Length: " + missing(request).length() + "\r\n\r\n" + missing(request))
                            .getBytes(StandardCharsets.UTF_8));
            ByteBuffer bytes = ByteBuffer.wrap(answer);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String missing(Request request) {
        return "{\"code\":\"not-found\",\"title\":\"There is no such thing\",\"status\":404,\"detail\":\"there is nothing at "
                + request.path() + "\"}";
    }

    private Request read(SocketChannel channel) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteBuffer piece = ByteBuffer.allocate(8192);
        int length = -1;
        int start = 0;
        while (length < 0 || bytes.size() < start + length) {
            if (channel.read(piece.clear()) < 0) {
                throw new IOException("the client went in the middle of its request");
            }
            bytes.write(piece.array(), 0, piece.position());
            String text = bytes.toString(StandardCharsets.UTF_8);
            if (length < 0 && text.contains("\r\n\r\n")) {
                start = text.indexOf("\r\n\r\n") + 4;
                length = text.substring(0, start)
                        .lines()
                        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                        .map(line -> Integer.parseInt(line.substring(15).strip()))
                        .findFirst()
                        .orElse(0);
            }
        }
        String[] words = bytes.toString(StandardCharsets.UTF_8).split(" ", 3);
        String body = bytes.toString(StandardCharsets.UTF_8).substring(start);
        bytes.toString(StandardCharsets.UTF_8)
                .substring(0, start)
                .lines()
                .filter(line -> line.startsWith("If-"))
                .forEach(line -> conditions.add(words[0] + " " + words[1] + " " + line));
        return new Request(
                words[0], words[1], body.isEmpty() ? "" : JsonReader.read(body).toString());
    }
}
