package io.bulkhead.contract.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a byte stream into frames, whatever the pieces it comes in. Holds at most one unfinished frame; a length beyond
 * the maximum is refused as soon as the header is there. Not safe for several threads; one per connection.
 */
public final class FrameDecoder {
    private byte[] held = new byte[256];
    private int count;

    /** Takes all bytes of a piece and returns the frames that are complete now. */
    public List<Frame> feed(ByteBuffer piece) {
        append(piece);
        List<Frame> frames = new ArrayList<>();
        int start = 0;
        while (count - start >= Frame.HEADER_BYTES) {
            Frame.Kind kind = Frame.Kind.of(held[start]);
            int length = ByteBuffer.wrap(held, start + 1, Integer.BYTES).getInt();
            if (length < 0 || length > kind.maxBytes()) {
                throw new WireException("a " + kind + " frame announces " + Integer.toUnsignedString(length)
                        + " bytes; at most " + kind.maxBytes() + " are allowed");
            }
            int end = start + Frame.HEADER_BYTES + length;
            if (end > count) {
                break;
            }
            frames.add(new Frame(kind, Arrays.copyOfRange(held, start + Frame.HEADER_BYTES, end)));
            start = end;
        }
        System.arraycopy(held, start, held, 0, count - start);
        count -= start;
        return frames;
    }

    /** Whether bytes of an unfinished frame are held: at the end of the stream this means that it was cut. */
    public boolean inMiddleOfFrame() {
        return count > 0;
    }

    private void append(ByteBuffer piece) {
        int needed = count + piece.remaining();
        if (needed > held.length) {
            held = Arrays.copyOf(held, Math.max(needed, 2 * held.length));
        }
        int length = piece.remaining();
        piece.get(held, count, length);
        count += length;
    }
}
