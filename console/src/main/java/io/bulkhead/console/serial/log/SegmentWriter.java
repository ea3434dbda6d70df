package io.bulkhead.console.serial.log;

import io.bulkhead.console.serial.log.IndexRecord.Moment;
import io.bulkhead.console.serial.log.Storage.StoredFile;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the newest segment. Output goes to its file first, the records that tell of it afterwards, in {@link #flush}: what
 * a crash leaves is a segment whose last bytes no record tells of, or no whole one. After an exception the writer is of no
 * use any more; the segment is to be opened anew.
 */
final class SegmentWriter implements Closeable {
    private final SegmentName name;
    private final StoredFile index;
    private final StoredFile output;
    private final MessageDigest indexDigest = Hash.digest();
    private final MessageDigest outputDigest = Hash.digest();
    private final ByteArrayOutputStream records = new ByteArrayOutputStream();
    private long indexBytes;
    private long outputBytes;
    private long offset;

    /**
     * What opening a segment again found.
     *
     * @param writer that goes on with it; none where it is sealed
     * @param end the offset behind its last record
     * @param hash of the index, where it is sealed
     * @param cutBytes how much was cut off
     */
    record Reopened(Optional<SegmentWriter> writer, long end, Optional<Hash> hash, long cutBytes) {}

    private SegmentWriter(SegmentName name, StoredFile index, StoredFile output) {
        this.name = name;
        this.index = index;
        this.output = output;
    }

    /** Begins a segment. */
    static SegmentWriter begin(Storage storage, SegmentName name, SegmentHead head) throws IOException {
        // The index last: a segment without one was never begun.
        StoredFile output = storage.create(name.output());
        StoredFile index = null;
        try {
            index = storage.create(name.index());
            SegmentWriter writer = new SegmentWriter(name, index, output);
            writer.offset = head.offset();
            writer.records.writeBytes(head.toBytes().array());
            writer.flush();
            index = null;
            output = null;
            return writer;
        } finally {
            closeAll(index, output);
        }
    }

    /**
     * Opens the newest segment again and cuts what is not whole: from the first record that is damaged or whose output is
     * not what it was, and the output that no record tells of.
     *
     * @param kept is given every record that stays
     */
    static Reopened reopen(Storage storage, SegmentFiles read, Consumer<IndexRecord> kept) throws IOException {
        StoredFile output = storage.open(read.name().output());
        StoredFile index = null;
        try {
            index = storage.open(read.name().index());
            SegmentWriter writer = new SegmentWriter(read.name(), index, output);
            Optional<Hash> sealed = writer.takeOver(read, kept);
            long cut = sealed.isPresent() ? 0 : writer.cut();
            Optional<SegmentWriter> open = sealed.isPresent() ? Optional.empty() : Optional.of(writer);
            Reopened reopened = new Reopened(open, writer.offset, sealed, cut);
            if (open.isPresent()) {
                index = null;
                output = null;
            }
            return reopened;
        } finally {
            closeAll(index, output);
        }
    }

    private static void closeAll(@Nullable StoredFile index, @Nullable StoredFile output) throws IOException {
        try (index) {
            if (output != null) {
                output.close();
            }
        }
    }

    private Optional<Hash> takeOver(SegmentFiles read, Consumer<IndexRecord> kept) throws IOException {
        digestIndex(read, 0, read.head().size());
        offset = read.head().offset();
        for (Optional<IndexRecord> next = read.next(); next.isPresent(); next = read.next()) {
            IndexRecord record = next.get();
            if (record.isOutput()) {
                Optional<byte[]> bytes = read.output(record);
                if (bytes.isEmpty()) {
                    return Optional.empty();
                }
                outputDigest.update(bytes.get());
                outputBytes += record.length();
            }
            digestIndex(read, indexBytes, record.size());
            offset = record.end();
            kept.accept(record);
            if (record.isSeal()) {
                return Optional.of(new Hash(indexDigest.digest()));
            }
        }
        return Optional.empty();
    }

    private void digestIndex(SegmentFiles read, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        read.readIndex(bytes, from);
        indexDigest.update(bytes.array());
        indexBytes += length;
    }

    private long cut() throws IOException {
        long cut = 0;
        for (boolean ofOutput : new boolean[] {false, true}) {
            StoredFile file = ofOutput ? output : index;
            long keep = ofOutput ? outputBytes : indexBytes;
            long size = file.size();
            if (size > keep) {
                // The index first: no record may tell of output that is not there.
                file.truncate(keep);
                file.force();
                cut += size - keep;
            }
        }
        return cut;
    }

    long offset() {
        return offset;
    }

    /** How many bytes both files have, with what waits for {@link #flush}. */
    long size() {
        return indexBytes + records.size() + outputBytes;
    }

    SegmentName name() {
        return name;
    }

    /** Adds output right away, and its record with the next flush. */
    void output(byte[] bytes, int start, int length, Moment moment) throws IOException {
        ByteBuffer piece = ByteBuffer.wrap(bytes, start, length).slice();
        output.write(piece.duplicate(), outputBytes);
        byte[] exact = new byte[length];
        piece.get(exact);
        outputDigest.update(exact);
        outputBytes += length;
        add(IndexRecord.output(offset, exact, length, moment));
    }

    /** Adds a record that tells of no output. */
    void add(IndexRecord record) {
        records.writeBytes(record.toBytes().array());
        offset = record.end();
    }

    /** Writes the records that wait. */
    void flush() throws IOException {
        if (records.size() > 0) {
            byte[] bytes = records.toByteArray();
            index.write(ByteBuffer.wrap(bytes), indexBytes);
            indexDigest.update(bytes);
            indexBytes += bytes.length;
            records.reset();
        }
    }

    void force() throws IOException {
        output.force();
        index.force();
    }

    /** Ends the segment, which is forced to the disk; the hash is what the next one's head carries. */
    Hash seal(Moment moment) throws IOException {
        add(IndexRecord.seal(offset, outputBytes, new Hash(outputDigest.digest()), moment));
        flush();
        force();
        return new Hash(indexDigest.digest());
    }

    @Override
    public void close() throws IOException {
        closeAll(index, output);
    }
}
