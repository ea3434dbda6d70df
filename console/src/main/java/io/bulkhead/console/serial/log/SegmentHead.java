package io.bulkhead.console.serial.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How a segment's index begins: {@code "BHCL"}, version (2 bytes), length of all (2), number (8), offset (8), wall time
 * (8), SHA-256 of the predecessor (32), creation id (the rest, UTF-8), CRC-32C (4); numbers have their highest byte first.
 *
 * @param number of the segment, as in its name
 * @param offset of its first byte in the console's stream
 * @param wallMillis when it was begun, milliseconds since 1970 UTC
 * @param previous the hash of the segment before it, zeros in the very first
 * @param creation the id of the console's creation
 */
record SegmentHead(long number, long offset, long wallMillis, Hash previous, String creation) {
    /** The longest creation id, bytes. */
    static final int MOST_CREATION_BYTES = 256;

    private static final int MAGIC = 0x4248434C;
    private static final short VERSION = 1;
    private static final int FIXED = 4 + 2 + 2 + 8 + 8 + 8 + Hash.BYTES;
    private static final int CHECKSUM = 4;

    /** The most that a head has. */
    static final int MOST_BYTES = FIXED + MOST_CREATION_BYTES + CHECKSUM;

    SegmentHead {
        if (creation.getBytes(StandardCharsets.UTF_8).length > MOST_CREATION_BYTES) {
            throw new IllegalArgumentException(
                    "the id of a console's creation has more than " + MOST_CREATION_BYTES + " bytes");
        }
    }

    ByteBuffer toBytes() {
        byte[] id = creation.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(FIXED + id.length + CHECKSUM);
        bytes.putInt(MAGIC).putShort(VERSION).putShort((short) bytes.capacity());
        bytes.putLong(number).putLong(offset).putLong(wallMillis).put(previous.bytes());
        bytes.put(id);
        bytes.putInt(checksum(bytes.array(), bytes.position()));
        return bytes.flip();
    }

    /** How many bytes it has in the file. */
    int size() {
        return FIXED + creation.getBytes(StandardCharsets.UTF_8).length + CHECKSUM;
    }

    /** The head at the start of a buffer; empty where there is no whole one. */
    static Optional<SegmentHead> read(ByteBuffer from) {
        ByteBuffer bytes = from.slice();
        if (bytes.remaining() < FIXED + CHECKSUM || bytes.getInt() != MAGIC || bytes.getShort() != VERSION) {
            return Optional.empty();
        }
        int size = Short.toUnsignedInt(bytes.getShort());
        if (size < FIXED + CHECKSUM || size > MOST_BYTES || size > bytes.capacity()) {
            return Optional.empty();
        }
        byte[] all = new byte[size - CHECKSUM];
        bytes.get(0, all);
        if (bytes.getInt(size - CHECKSUM) != checksum(all, all.length)) {
            return Optional.empty();
        }
        long number = bytes.getLong();
        long offset = bytes.getLong();
        long wallMillis = bytes.getLong();
        byte[] previous = new byte[Hash.BYTES];
        bytes.get(previous);
        String creation = new String(all, FIXED, all.length - FIXED, StandardCharsets.UTF_8);
        return number < 1 || offset < 0 || creation.getBytes(StandardCharsets.UTF_8).length != all.length - FIXED
                ? Optional.empty()
                : Optional.of(new SegmentHead(number, offset, wallMillis, new Hash(previous), creation));
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
