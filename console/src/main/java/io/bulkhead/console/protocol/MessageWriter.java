package io.bulkhead.console.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the fields of one message. */
final class MessageWriter {
    /** The longest text, bytes of UTF-8; what is longer is cut. */
    static final int MOST_TEXT = 4 << 10;

    private byte[] bytes = new byte[64];
    private int count;

    MessageWriter(char type) {
        unsignedByte(type);
    }

    MessageWriter unsignedByte(int value) {
        room(1);
        bytes[count++] = (byte) value;
        return this;
    }

    MessageWriter unsignedShort(int value) {
        return unsignedByte(value >> 8).unsignedByte(value);
    }

    MessageWriter count(int value) {
        return unsignedShort(value >>> 16).unsignedShort(value);
    }

    MessageWriter number(long value) {
        return count((int) (value >>> 32)).count((int) value);
    }

    MessageWriter truth(boolean value) {
        return unsignedByte(value ? 1 : 0);
    }

    /** By its place: the order of a message's constants is part of the protocol. */
    @SuppressWarnings("EnumOrdinal")
    MessageWriter constant(Enum<?> value) {
        return unsignedByte(value.ordinal());
    }

    MessageWriter text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(utf8.length, MOST_TEXT);
        // Never in the middle of a character.
        while (length < utf8.length && length > 0 && (utf8[length] & 0xC0) == 0x80) {
            length--;
        }
        unsignedShort(length);
        room(length);
        System.arraycopy(utf8, 0, bytes, count, length);
        count += length;
        return this;
    }

    /** What was written, ready to be read. */
    ByteBuffer done() {
        return ByteBuffer.wrap(bytes, 0, count);
    }

    private void room(int more) {
        if (count + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(count + more, 2 * bytes.length));
        }
    }
}
