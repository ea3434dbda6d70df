package io.bulkhead.console.serial.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One record of a segment's index: length of the whole record (2 bytes), kind (1; its code in {@link EntryKind}, 255 for
 * {@link #isSeal a seal}), a zero (1), offset (8), length (8), wall time (8), monotonic time (8), CRC-32C of the output (4),
 * detail (the rest), CRC-32C of the record (4); numbers have their highest byte first.
 *
 * @param code of the kind
 * @param offset where it stands in the console's stream
 * @param length how many bytes of output it tells of, or how many a gap has; 0 for marks; in a seal how many bytes of output
 *     the segment has
 * @param wallMillis milliseconds since 1970 UTC
 * @param monotonicNanos of the host's clock that never goes back, CLOCK_MONOTONIC: comparable until the host reboots
 * @param outputChecksum CRC-32C of the output, 0 for others
 * @param detail for people, in UTF-8; in a seal the SHA-256 of all output of the segment
 */
record IndexRecord(
        int code,
        long offset,
        long length,
        long wallMillis,
        long monotonicNanos,
        int outputChecksum,
        ByteBuffer detail) {
    /** The longest detail; what is longer is cut. */
    static final int MOST_DETAIL_BYTES = 1024;

    /** The most output that one record tells of. */
    static final int MOST_OUTPUT_BYTES = 64 << 10;

    private static final int SEAL = 255;
    private static final int FIXED = 2 + 1 + 1 + 8 + 8 + 8 + 8 + 4;
    private static final int CHECKSUM = 4;

    /** The least that a record has. */
    static final int LEAST_BYTES = FIXED + CHECKSUM;

    /** The most that a record has. */
    static final int MOST_BYTES = LEAST_BYTES + MOST_DETAIL_BYTES;

    /** What the seal of a segment needs. */
    static final int SEAL_BYTES = LEAST_BYTES + Hash.BYTES;

    /** A moment by two clocks. */
    record Moment(long wallMillis, long monotonicNanos) {}

    static IndexRecord output(long offset, byte[] bytes, int length, Moment moment) {
        return new IndexRecord(
                EntryKind.OUTPUT.code(),
                offset,
                length,
                moment.wallMillis,
                moment.monotonicNanos,
                checksum(bytes, length),
                ByteBuffer.allocate(0));
    }

    static IndexRecord gap(long from, long to, String reason, Moment moment) {
        return new IndexRecord(
                EntryKind.GAP.code(),
                from,
                to - from,
                moment.wallMillis,
                moment.monotonicNanos,
                0,
                ByteBuffer.wrap(utf8(reason)));
    }

    static IndexRecord mark(long offset, EntryKind kind, String detail, Moment moment) {
        return new IndexRecord(
                kind.code(), offset, 0, moment.wallMillis, moment.monotonicNanos, 0, ByteBuffer.wrap(utf8(detail)));
    }

    static IndexRecord seal(long end, long outputBytes, Hash output, Moment moment) {
        return new IndexRecord(
                SEAL, end, outputBytes, moment.wallMillis, moment.monotonicNanos, 0, ByteBuffer.wrap(output.bytes()));
    }

    /** The last record of a segment that is complete: nothing comes behind it. */
    boolean isSeal() {
        return code == SEAL;
    }

    /** Its kind; empty for a seal, and for one that a later version knows. */
    Optional<EntryKind> kind() {
        return EntryKind.of(code);
    }

    boolean isOutput() {
        return code == EntryKind.OUTPUT.code();
    }

    boolean isGap() {
        return code == EntryKind.GAP.code();
    }

    /** The offset behind it. */
    long end() {
        return isOutput() || isGap() ? offset + length : offset;
    }

    String text() {
        return StandardCharsets.UTF_8.decode(detail.duplicate()).toString();
    }

    /** How many bytes it has in the file. */
    int size() {
        return LEAST_BYTES + detail.remaining();
    }

    ByteBuffer toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(size());
        bytes.putShort((short) size()).put((byte) code).put((byte) 0);
        bytes.putLong(offset)
                .putLong(length)
                .putLong(wallMillis)
                .putLong(monotonicNanos)
                .putInt(outputChecksum);
        bytes.put(detail.duplicate());
        bytes.putInt(checksum(bytes.array(), bytes.position()));
        return bytes.flip();
    }

    /**
     * Takes the record at the buffer's position, which goes behind it; empty, with the position where it was, where no
     * whole and undamaged record stands there.
     */
    static Optional<IndexRecord> read(ByteBuffer from) {
        if (from.remaining() < LEAST_BYTES) {
            return Optional.empty();
        }
        int size = Short.toUnsignedInt(from.getShort(from.position()));
        if (size < LEAST_BYTES || size > MOST_BYTES || size > from.remaining()) {
            return Optional.empty();
        }
        byte[] all = new byte[size];
        from.get(from.position(), all);
        ByteBuffer bytes = ByteBuffer.wrap(all);
        if (bytes.getInt(size - CHECKSUM) != checksum(all, size - CHECKSUM)) {
            return Optional.empty();
        }
        bytes.position(2);
        int code = Byte.toUnsignedInt(bytes.get());
        bytes.get();
        IndexRecord record = new IndexRecord(
                code,
                bytes.getLong(),
                bytes.getLong(),
                bytes.getLong(),
                bytes.getLong(),
                bytes.getInt(),
                bytes.limit(size - CHECKSUM).slice());
        if (!record.isPlausible()) {
            return Optional.empty();
        }
        from.position(from.position() + size);
        return Optional.of(record);
    }

    private boolean isPlausible() {
        if (offset < 0 || length < 0 || offset + length < 0) {
            return false;
        } else if (isOutput()) {
            return length > 0 && length <= MOST_OUTPUT_BYTES;
        } else if (isGap()) {
            return length > 0;
        }
        return isSeal() ? detail.remaining() == Hash.BYTES : length == 0;
    }

    /** CRC-32C, which a processor computes by itself. */
    static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /** A text in UTF-8 without line ends, cut between two characters where it is too long. */
    private static byte[] utf8(String text) {
        StringBuilder line = new StringBuilder();
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            int shown = character < ' ' || character == 0x7F ? ' ' : character;
            bytes += Character.toString(shown).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MOST_DETAIL_BYTES) {
                break;
            }
            line.appendCodePoint(shown);
            i += Character.charCount(character);
        }
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }
}
