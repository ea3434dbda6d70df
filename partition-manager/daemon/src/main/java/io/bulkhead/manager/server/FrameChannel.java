package io.bulkhead.manager.server;

import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import io.bulkhead.contract.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Frames over a socket, with deadlines. One thread reads, any thread writes, {@link #close()} from any thread ends both.
 */
final class FrameChannel implements AutoCloseable {
    /** There are hundreds of connections, few of which say much; and what the JDK reads into has the same size once more. */
    private static final int READ_BYTES = 4 << 10;

    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final SocketChannel channel;
    private final Duration frameDeadline;
    private final Selector readable;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Deque<Frame> decoded = new ArrayDeque<>();
    private final ByteBuffer piece = ByteBuffer.allocate(READ_BYTES);
    private final Object writing = new Object();
    private long frameBegun;

    /** Made when a peer is slow for the first time, under {@link #writing}: each costs two descriptors and some 16 KiB. */
    private volatile @Nullable Selector writable;

    /**
     * @param channel becomes owned and non-blocking
     * @param frameDeadline how long a frame may take from its first byte to its last
     */
    FrameChannel(SocketChannel channel, Duration frameDeadline) throws IOException {
        this.channel = channel;
        this.frameDeadline = frameDeadline;
        channel.configureBlocking(false);
        this.readable = Selector.open();
        channel.register(readable, SelectionKey.OP_READ);
    }

    /** The next frame; empty at the end of the stream. {@link WireException} for what is no frame, or too slow. */
    Optional<Frame> read() throws IOException {
        return await(FOREVER);
    }

    /** Whether the peer has closed. Gives what it sends meanwhile to {@link #read()}. */
    boolean peerHasLeft() throws IOException {
        return decoded.isEmpty() && fill(Duration.ZERO) < 0;
    }

    private Optional<Frame> await(Duration atMost) throws IOException {
        while (decoded.isEmpty()) {
            boolean unfinished = decoder.inMiddleOfFrame();
            Duration wait = unfinished ? frameDeadline.minusNanos(System.nanoTime() - frameBegun) : atMost;
            if (unfinished && wait.toMillis() <= 0) {
                throw new WireException("a frame was not finished in " + frameDeadline.toMillis() + " ms");
            }
            if (fill(wait) < 0) {
                if (decoder.inMiddleOfFrame()) {
                    throw new WireException("the stream ended in the middle of a frame");
                }
                return Optional.empty();
            }
        }
        return Optional.of(decoded.remove());
    }

    /** Reads what is there, after a while maybe; the count, 0 for nothing yet, -1 at the end. */
    private int fill(Duration atMost) throws IOException {
        int count = channel.read(piece.clear());
        if (count == 0 && !atMost.isZero()) {
            select(readable, atMost);
            count = channel.read(piece.clear());
        }
        if (count > 0) {
            boolean fresh = !decoder.inMiddleOfFrame();
            int before = decoded.size();
            decoded.addAll(decoder.feed(piece.flip()));
            if (fresh || decoded.size() > before) {
                frameBegun = System.nanoTime();
            }
        }
        return count;
    }

    /** Writes a frame; waits as long as the peer takes. */
    void write(Frame frame) throws IOException {
        write(frame, FOREVER);
    }

    /** Writes a frame, or fails when the peer has not taken it in time; the connection is of no use then. */
    void write(Frame frame, Duration atMost) throws IOException {
        ByteBuffer bytes = frame.toBytes();
        long begun = System.nanoTime();
        synchronized (writing) {
            while (bytes.hasRemaining()) {
                if (channel.write(bytes) > 0) {
                    continue;
                }
                Duration left = atMost.minusNanos(System.nanoTime() - begun);
                if (left.toMillis() <= 0) {
                    throw new IOException("the peer does not read");
                }
                select(writable(), left);
            }
        }
    }

    private Selector writable() throws IOException {
        Selector made = writable;
        if (made == null) {
            made = Selector.open();
            writable = made;
            if (!channel.isOpen()) {
                // Whoever closed it has not seen the selector, maybe.
                closeSelector(made);
                throw new ClosedChannelException();
            }
            try {
                channel.register(made, SelectionKey.OP_WRITE);
            } catch (ClosedSelectorException e) {
                throw new ClosedChannelException();
            }
        }
        return made;
    }

    /**
     * Says that nothing more will be written, and goes on reading. Closing with input unread, or while the peer still
     * writes, would make the peer lose what it has not read yet.
     */
    void endOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            // The peer has gone, so nobody is left to tell.
        }
    }

    private void select(Selector selector, Duration atMost) throws IOException {
        try {
            selector.select(Math.max(1, atMost.toMillis()));
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException e) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone either way; nobody is left to tell.
        }
        closeSelector(readable);
        Selector made = writable;
        if (made != null) {
            closeSelector(made);
        }
    }

    private static void closeSelector(Selector selector) {
        try {
            selector.close();
        } catch (IOException e) {
            // An epoll descriptor holds nothing that could be lost.
        }
    }
}
