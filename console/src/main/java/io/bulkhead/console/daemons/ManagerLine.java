package io.bulkhead.console.daemons;

import io.bulkhead.contract.order.Greeting;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import io.bulkhead.contract.wire.WireException;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The manager's own socket, for the moments when there is no control plane to ask. One order at a time. */
public final class ManagerLine implements AutoCloseable {
    private static final Duration GREETING_PATIENCE = Duration.ofSeconds(5);

    private final SocketChannel channel;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Deque<Frame> received = new ArrayDeque<>();
    private final ByteBuffer piece = ByteBuffer.allocate(64 << 10);
    private final Greeting greeting;

    private ManagerLine(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.greeting = greet();
    }

    /** Connects and waits for the greeting; a {@link Refusal} with UNREACHABLE where nobody answers. */
    public static ManagerLine open(Path socket) {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new ManagerLine(channel);
        } catch (IOException | WireException e) {
            closeQuietly(channel);
            throw new Refusal(
                    Problem.of(
                            ProblemCode.UNREACHABLE,
                            "the manager does not answer at " + socket + ": " + e.getMessage(),
                            "start it with 'bulkhead up'"),
                    e);
        }
    }

    public Greeting greeting() {
        return greeting;
    }

    /** A manager that hangs still has its connections made by the kernel, so the greeting has a deadline. */
    private Greeting greet() throws IOException {
        channel.configureBlocking(false);
        long deadline = System.nanoTime() + GREETING_PATIENCE.toNanos();
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            while (received.isEmpty()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0 || selector.select(left) == 0) {
                    throw new IOException("no greeting came within " + GREETING_PATIENCE.toSeconds() + " s");
                }
                selector.selectedKeys().clear();
                take();
            }
        }
        channel.configureBlocking(true);
        return received.remove().as(Greeting.class);
    }

    /** Gives an order and waits for the reply; what is refused comes as a {@link Refusal}. */
    public Reply give(Order order) throws IOException {
        ByteBuffer bytes = Frame.order(order).toBytes();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        Reply reply = receive().as(Reply.class);
        if (reply instanceof Reply.Refused refused) {
            throw new Refusal(refused.problem());
        }
        return reply;
    }

    private Frame receive() throws IOException {
        while (received.isEmpty()) {
            take();
        }
        return received.remove();
    }

    private void take() throws IOException {
        if (channel.read(piece.clear()) < 0) {
            throw new EOFException("the manager closed the connection");
        }
        received.addAll(decoder.feed(piece.flip()));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static void closeQuietly(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("closing a socket failed", e);
        }
    }
}
