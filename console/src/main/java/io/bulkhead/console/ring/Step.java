package io.bulkhead.console.ring;

import io.bulkhead.console.protocol.ServerMessage.Gap;
import java.nio.ByteBuffer;

/** What a viewer is to be given next. */
public sealed interface Step {
    /**
     * Bytes of the stream.
     *
     * @param offset of the first
     * @param bytes shared, read only
     * @param past whether they were put out before the viewer attached
     */
    record Deliver(long offset, ByteBuffer bytes, boolean past) implements Step {}

    /**
     * Bytes that it does not get.
     *
     * @param jump whether it was moved, so that its terminal does not know what holds where it goes on
     */
    record Skip(long from, long to, Gap.Loss cause, boolean jump) implements Step {}

    /** Bytes that only the log may have, from an offset to another; answer by {@link ViewerCursor#fromLog}. */
    record AskLog(long from, long to, boolean past) implements Step {}

    /** Nothing, until more comes. */
    record Nothing() implements Step {}
}
