package io.bulkhead.manager.server;

import io.bulkhead.contract.order.Greeting;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A client that can also misbehave. */
public final class TestClient implements AutoCloseable {
    final SocketChannel channel;
    final Greeting greeting;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Deque<Frame> frames = new ArrayDeque<>();

    public TestClient(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        greeting = next().orElseThrow().as(Greeting.class);
    }

    public Reply ask(Order order) throws IOException {
        send(Frame.order(order));
        return reply();
    }

    void send(Frame frame) throws IOException {
        send(frame.toBytes());
    }

    void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    Reply reply() throws IOException {
        return next().orElseThrow(() -> new AssertionError("the connection was closed"))
                .as(Reply.class);
    }

    /** Empty at the end. */
    Optional<Frame> next() throws IOException {
        while (frames.isEmpty()) {
            ByteBuffer piece = ByteBuffer.allocate(4096);
            int count;
            try {
                count = channel.read(piece);
            } catch (IOException e) {
                // The server closed while something of ours was still unread.
                return Optional.empty();
            }
            if (count < 0) {
                return Optional.empty();
            }
            frames.addAll(decoder.feed(piece.flip()));
        }
        return Optional.of(frames.remove());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
