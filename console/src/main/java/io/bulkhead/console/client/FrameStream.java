package io.bulkhead.console.client;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Frames both ways on an open stream. One thread receives, any thread sends; closing from another thread ends both.
 */
public final class FrameStream implements AutoCloseable {
    private final SocketChannel channel;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Deque<Frame> received = new ArrayDeque<>();
    private final ByteBuffer piece = ByteBuffer.allocate(64 << 10);
    private final Object sending = new Object();
    private long offset;

    FrameStream(SocketChannel channel, ByteBuffer alreadyRead) {
        this.channel = channel;
        received.addAll(decoder.feed(alreadyRead));
    }

    /** The offset of the first byte, or the sequence number before the first event. */
    public long offset() {
        return offset;
    }

    /** Sends a frame, waiting for room. */
    public void send(Frame frame) throws IOException {
        ByteBuffer bytes = frame.toBytes();
        synchronized (sending) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /** Waits for the next frame; empty when the stream has ended, also where the other side had not read all of ours. */
    public Optional<Frame> receive() throws IOException {
        while (received.isEmpty()) {
            piece.clear();
            if (readPiece() < 0) {
                return Optional.empty();
            }
            received.addAll(decoder.feed(piece.flip()));
        }
        return Optional.of(received.remove());
    }

    /** A socket that is closed with input unread resets the connection; what had been sent before has been read by then. */
    private int readPiece() throws IOException {
        try {
            return channel.read(piece);
        } catch (SocketException e) {
            return -1;
        }
    }

    void awaitOpened() throws IOException {
        Reply reply = receive()
                .orElseThrow(() -> new Refusal(
                        Problem.of(ProblemCode.UNREACHABLE, "the control plane closed the stream before it began")))
                .as(Reply.class);
        if (reply instanceof Reply.Refused refused) {
            throw new Refusal(refused.problem());
        } else if (reply instanceof Reply.StreamOpened opened) {
            offset = opened.offset();
        } else {
            throw Refusal.of(ProblemCode.PROTOCOL_ERROR, "the stream began with an unexpected " + reply);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
