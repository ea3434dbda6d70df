package io.bulkhead.harness.bench;

import io.bulkhead.contract.order.Greeting;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** One connection to the manager's socket. One thread reads, one writes; closing it from any thread ends both. */
final class ManagerClient implements AutoCloseable {
    private static final int PIECE_BYTES = 16 << 10;

    private final SocketChannel channel;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);

    private ManagerClient(SocketChannel channel) {
        this.channel = channel;
    }

    /** Connects and takes the greeting. */
    static ManagerClient connect(Path socket) throws IOException {
        ManagerClient client = new ManagerClient(SocketChannel.open(StandardProtocolFamily.UNIX));
        try {
            client.channel.connect(UnixDomainSocketAddress.of(socket));
            client.read().as(Greeting.class);
            return client;
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** Gives an order and takes the reply, which must be of this kind. */
    <T extends Reply> T ask(Class<T> kind, Order order) throws IOException {
        send(Frame.order(order));
        Reply reply = read().as(Reply.class);
        if (reply instanceof Reply.Refused refused) {
            throw new IOException(refused.problem().detail());
        }
        return kind.cast(reply);
    }

    void send(Frame frame) throws IOException {
        ByteBuffer bytes = frame.toBytes();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Waits for the next frame. */
    Frame read() throws IOException {
        while (frames.isEmpty()) {
            if (channel.read(piece.clear()) < 0) {
                throw new EOFException("the manager has closed the connection");
            }
            frames.addAll(decoder.feed(piece.flip()));
        }
        return frames.remove();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
