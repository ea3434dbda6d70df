package io.bulkhead.console.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a byte stream into messages: each has its length before it, four bytes, big-endian. Holds at most one unfinished
 * message; a length beyond the longest is refused as soon as it is there. For one thread.
 */
public final class MessageSplitter {
    /** Bytes before each message on a byte stream. */
    public static final int PREFIX_BYTES = Integer.BYTES;

    private byte[] held = new byte[256];
    private int count;

    /** The bytes before a message. */
    public static ByteBuffer prefix(int length) {
        return ByteBuffer.allocate(PREFIX_BYTES).putInt(length).flip();
    }

    /** Takes all bytes of a piece and returns the messages that are complete now, each in memory of its own. */
    public List<ByteBuffer> feed(ByteBuffer piece) {
        append(piece);
        List<ByteBuffer> messages = new ArrayList<>();
        int start = 0;
        while (count - start >= PREFIX_BYTES) {
            int length = ByteBuffer.wrap(held, start, PREFIX_BYTES).getInt();
            if (length < 1 || length > MessageCodec.MOST_MESSAGE) {
                throw new ProtocolException("a message of " + Integer.toUnsignedString(length)
                        + " bytes is announced; there are 1 to " + MessageCodec.MOST_MESSAGE);
            }
            int begin = start + PREFIX_BYTES;
            if (begin + length > count) {
                break;
            }
            messages.add(ByteBuffer.wrap(Arrays.copyOfRange(held, begin, begin + length)));
            start = begin + length;
        }
        System.arraycopy(held, start, held, 0, count - start);
        count -= start;
        return messages;
    }

    private void append(ByteBuffer piece) {
        int length = piece.remaining();
        if (count + length > held.length) {
            held = Arrays.copyOf(held, Math.max(count + length, 2 * held.length));
        }
        piece.get(held, count, length);
        count += length;
    }
}
