package io.bulkhead.broker.client;

import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.List;

/** Frames as buffers of Vert.x. */
public final class Wire {
    private Wire() {}

    /** A frame ready to be written. */
    public static Buffer bufferOf(Frame frame) {
        return Buffer.buffer(frame.toBytes().array());
    }

    /** Takes a piece that came and returns the frames that are complete now. */
    public static List<Frame> feed(FrameDecoder decoder, Buffer piece) {
        return decoder.feed(ByteBuffer.wrap(piece.getBytes()));
    }
}
