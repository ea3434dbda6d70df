package io.bulkhead.console.serial.log;

import io.bulkhead.console.serial.log.Storage.StoredFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads a segment's two files, record by record. Never writes. For one thread; whoever writes the same files may do so at
 * the same time: a record is believed only where it is whole, and its output is written before it.
 */
final class SegmentFiles implements Closeable {
    private static final int BUFFER_BYTES = 32 << 10;

    private final SegmentName name;
    private final StoredFile index;
    private final StoredFile output;
    private final SegmentHead head;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
    private long position;
    private long outputPosition;
    private long offset;
    private boolean sealed;

    private SegmentFiles(SegmentName name, StoredFile index, StoredFile output, SegmentHead head) {
        this.name = name;
        this.index = index;
        this.output = output;
        this.head = head;
        this.position = head.size();
        this.offset = head.offset();
    }

    /** Opens a segment; empty where it has no head, or not its own. {@link java.nio.file.NoSuchFileException} likewise. */
    static Optional<SegmentFiles> open(Storage storage, SegmentName name) throws IOException {
        StoredFile index = storage.openForReading(name.index());
        StoredFile output = null;
        try {
            output = storage.openForReading(name.output());
            ByteBuffer start = ByteBuffer.allocate(SegmentHead.MOST_BYTES);
            index.read(start, 0);
            Optional<SegmentHead> head =
                    SegmentHead.read(start.flip()).filter(found -> found.number() == name.number());
            if (head.isPresent()) {
                SegmentFiles files = new SegmentFiles(name, index, output, head.get());
                index = null;
                output = null;
                return Optional.of(files);
            }
            return Optional.empty();
        } finally {
            if (index != null) {
                index.close();
            }
            if (output != null) {
                output.close();
            }
        }
    }

    SegmentName name() {
        return name;
    }

    SegmentHead head() {
        return head;
    }

    /** The offset behind the last record that was read. */
    long offset() {
        return offset;
    }

    /** Where the next record begins in the index. */
    long position() {
        return position;
    }

    /** How many bytes of output the records have told of. */
    long outputPosition() {
        return outputPosition;
    }

    /** Whether the last record that was read ends the segment. */
    boolean isSealed() {
        return sealed;
    }

    /** The next record; empty where there is no whole one, which may come later. */
    Optional<IndexRecord> next() throws IOException {
        if (sealed) {
            return Optional.empty();
        }
        Optional<IndexRecord> record = IndexRecord.read(buffer);
        if (record.isEmpty()) {
            // What was read of a record that is not whole may be another by now: it is read again.
            buffer.clear();
            index.read(buffer, position);
            buffer.flip();
            record = IndexRecord.read(buffer);
        }
        record = record.filter(
                found -> found.offset() == offset && (!found.isSeal() || found.length() == outputPosition));
        if (record.isEmpty()) {
            buffer.limit(buffer.position());
            return record;
        }
        position += record.get().size();
        offset = record.get().end();
        sealed = record.get().isSeal();
        outputPosition += record.get().isOutput() ? record.get().length() : 0;
        return record;
    }

    /** Goes behind the last whole record. */
    void skipRecords() throws IOException {
        Optional<IndexRecord> record = next();
        while (record.isPresent()) {
            record = next();
        }
    }

    /** The output that the record tells of which was read last; empty where it is not all there, or not what it was. */
    Optional<byte[]> output(IndexRecord record) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) record.length());
        output.read(bytes, outputPosition - record.length());
        return bytes.hasRemaining() || IndexRecord.checksum(bytes.array(), bytes.capacity()) != record.outputChecksum()
                ? Optional.empty()
                : Optional.of(bytes.array());
    }

    /** Reads output by its place in the file, whatever records say. */
    void readOutput(ByteBuffer into, long from) throws IOException {
        output.read(into, from);
    }

    /** Reads the index by place. */
    void readIndex(ByteBuffer into, long from) throws IOException {
        index.read(into, from);
    }

    long indexSize() throws IOException {
        return index.size();
    }

    long outputSize() throws IOException {
        return output.size();
    }

    @Override
    public void close() throws IOException {
        try (index) {
            output.close();
        }
    }
}
