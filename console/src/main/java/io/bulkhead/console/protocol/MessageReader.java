package io.bulkhead.console.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the fields of one message; {@link ProtocolException} where they are not there. */
final class MessageReader {
    private final ByteBuffer in;

    MessageReader(ByteBuffer in) {
        this.in = in;
    }

    int unsignedByte() {
        need(Byte.BYTES);
        return in.get() & 0xFF;
    }

    int unsignedShort() {
        need(Short.BYTES);
        return in.getShort() & 0xFFFF;
    }

    /** A whole number from 0 to 2³¹ - 1. */
    int count() {
        need(Integer.BYTES);
        int value = in.getInt();
        if (value < 0) {
            throw new ProtocolException("a number is too large: " + Integer.toUnsignedString(value));
        }
        return value;
    }

    /** A whole number from 0 to 2⁶³ - 1. */
    long offset() {
        need(Long.BYTES);
        long value = in.getLong();
        if (value < 0) {
            throw new ProtocolException("an offset is too large: " + Long.toUnsignedString(value));
        }
        return value;
    }

    long number() {
        need(Long.BYTES);
        return in.getLong();
    }

    boolean truth() {
        return switch (unsignedByte()) {
            case 0 -> false;
            case 1 -> true;
            default -> throw new ProtocolException("a flag is 0 or 1");
        };
    }

    <E extends Enum<E>> E constant(E[] all) {
        int index = unsignedByte();
        if (index >= all.length) {
            throw new ProtocolException(
                    "there is no " + all[0].getDeclaringClass().getSimpleName() + " " + index);
        }
        return all[index];
    }

    String text() {
        int length = unsignedShort();
        need(length);
        ByteBuffer bytes = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new ProtocolException("a text is not UTF-8", e);
        }
    }

    /** All that is left, in the reader's own memory. */
    ByteBuffer rest() {
        if (in.remaining() > MessageCodec.MOST_DATA) {
            throw new ProtocolException("a message holds at most " + MessageCodec.MOST_DATA + " bytes of data");
        }
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return ByteBuffer.wrap(bytes);
    }

    void end() {
        if (in.hasRemaining()) {
            throw new ProtocolException(in.remaining() + " bytes are left behind a message");
        }
    }

    private void need(int bytes) {
        if (in.remaining() < bytes) {
            throw new ProtocolException("a message is cut");
        }
    }
}
