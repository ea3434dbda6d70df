package io.bulkhead.broker.client;

import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;
import java.util.List;

/** Frames as buffers of Vert.x, and what its sockets lack. */
public final class Wire {
    private Wire() {}

    /** A frame ready to be written. */
    public static Buffer bufferOf(Frame frame) {
        return Buffer.buffer(frame.toBytes().array());
    }

    /** Closes a socket now: {@link NetSocket#close} waits until the other end has taken all that was written. */
    @SuppressWarnings("FutureReturnValueIgnored") // The socket's own close handler tells of the end.
    public static void abort(NetSocket socket) {
        if (socket instanceof NetSocketInternal internal) {
            internal.channelHandlerContext().close();
        } else {
            socket.close();
        }
    }

    /** Takes a piece that came and returns the frames that are complete now. */
    public static List<Frame> feed(FrameDecoder decoder, Buffer piece) {
        return decoder.feed(ByteBuffer.wrap(piece.getBytes()));
    }
}
