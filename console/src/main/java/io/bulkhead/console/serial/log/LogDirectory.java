package io.bulkhead.console.serial.log;

import io.bulkhead.console.serial.log.IndexRecord.Moment;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of one console's log, as their only writer has them open. After an exception it is of no use any more: it is
 * closed, and opening it anew repairs what the failure left. For one thread at a time.
 */
final class LogDirectory implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectory.class);

    /** How many marks at one offset are known again when they are repeated. */
    private static final int MOST_MARKS = 64;

    private final Storage storage;
    private final LogOptions options;
    private final String creation;
    private final Deque<Kept> older = new ArrayDeque<>();
    private final List<Waiting.Mark> marksAtEnd = new ArrayList<>();
    private Optional<SegmentWriter> newest = Optional.empty();
    private SegmentName last = new SegmentName(0);
    private Hash lastHash = Hash.NONE;
    private long newestStart;
    private long start;
    private long end;
    private long olderBytes;
    private long cutBytes;
    private boolean unforced;

    /** A complete segment. */
    private record Kept(SegmentName name, long start, long bytes) {}

    private LogDirectory(Storage storage, LogOptions options, String creation) {
        this.storage = storage;
        this.options = options;
        this.creation = creation;
    }

    /**
     * Opens what is there; what a crash has cut is cut to what is whole, and what is beyond the quota goes.
     *
     * @param creation the id of the console's creation; a log of another one is removed
     */
    static LogDirectory open(Storage storage, LogOptions options, String creation) throws IOException {
        LogDirectory directory = new LogDirectory(storage, options, creation);
        try {
            directory.load();
            return directory;
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private void load() throws IOException {
        Deque<SegmentName> names = new ArrayDeque<>(SegmentName.in(storage.names()));
        while (!names.isEmpty() && !isOfThisConsole(names.peekLast())) {
            remove(names.removeLast());
        }
        while (!names.isEmpty() && startOf(names.peekFirst()).isEmpty()) {
            // Half removed when the process ended.
            remove(names.removeFirst());
        }
        if (names.isEmpty()) {
            return;
        }
        SegmentName latest = names.removeLast();
        for (SegmentName name : names) {
            // Damage in an older one stays as it is, for whoever verifies the log.
            keep(new Kept(name, startOf(name).orElse(start), size(name.index()) + size(name.output())));
        }
        reopen(latest);
        makeRoom(0);
    }

    /** Whether a segment was begun, and for this console. */
    private boolean isOfThisConsole(SegmentName name) throws IOException {
        Optional<SegmentFiles> found = read(name);
        if (found.isEmpty()) {
            return false;
        }
        try (SegmentFiles files = found.get()) {
            return files.head().creation().equals(creation);
        }
    }

    private Optional<Long> startOf(SegmentName name) throws IOException {
        Optional<SegmentFiles> found = read(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (SegmentFiles files = found.get()) {
            return Optional.of(files.head().offset());
        }
    }

    private void reopen(SegmentName name) throws IOException {
        try (SegmentFiles files = read(name).orElseThrow(() -> new NoSuchFileException(name.index()))) {
            SegmentWriter.Reopened reopened = SegmentWriter.reopen(storage, files, this::remember);
            newest = reopened.writer();
            last = name;
            end = reopened.end();
            newestStart = files.head().offset();
            cutBytes = reopened.cutBytes();
            if (reopened.hash().isPresent()) {
                lastHash = reopened.hash().get();
                keep(new Kept(name, newestStart, files.indexSize() + files.outputSize()));
            } else {
                lastHash = files.head().previous();
                start = older.isEmpty() ? newestStart : start;
            }
        }
    }

    private void keep(Kept segment) {
        if (older.isEmpty()) {
            start = segment.start();
        }
        older.addLast(segment);
        olderBytes += segment.bytes();
    }

    private Optional<SegmentFiles> read(SegmentName name) throws IOException {
        try {
            return SegmentFiles.open(storage, name);
        } catch (NoSuchFileException e) {
            // One of the two was being made, or removed, when the process ended.
            return Optional.empty();
        }
    }

    private long size(String file) throws IOException {
        try {
            return storage.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private void remove(SegmentName name) throws IOException {
        // The index first: what has none was never begun.
        storage.delete(name.index());
        storage.delete(name.output());
    }

    private void remember(IndexRecord record) {
        if (record.length() > 0 && !record.isSeal()) {
            marksAtEnd.clear();
        } else if (record.kind().isPresent()) {
            if (marksAtEnd.size() == MOST_MARKS) {
                marksAtEnd.remove(0);
            }
            marksAtEnd.add(new Waiting.Mark(
                    record.offset(),
                    record.kind().get(),
                    record.text(),
                    new Moment(record.wallMillis(), record.monotonicNanos())));
        }
    }

    long start() {
        return start;
    }

    long end() {
        return end;
    }

    /** How many bytes all files have. */
    long bytes() {
        return olderBytes + newest.map(SegmentWriter::size).orElse(0L);
    }

    /** How much was not whole when it was opened. */
    long cutBytes() {
        return cutBytes;
    }

    boolean isUnforced() {
        return unforced;
    }

    /** Writes these, each as far as it goes beyond the end; what is missing before one becomes a gap. */
    void write(Iterable<Waiting> batch) throws IOException {
        for (Waiting each : batch) {
            write(each);
        }
        if (newest.isPresent()) {
            newest.get().flush();
        }
    }

    private void write(Waiting waiting) throws IOException {
        if (waiting.from() > end) {
            add(IndexRecord.gap(end, waiting.from(), "not handed over, or lost by the disk", waiting.moment()));
        }
        if (waiting instanceof Waiting.Output output) {
            write(output);
        } else if (waiting instanceof Waiting.Gap gap && gap.to() > end) {
            add(IndexRecord.gap(end, gap.to(), gap.reason(), gap.moment()));
        } else if (waiting instanceof Waiting.Mark mark) {
            write(IndexRecord.mark(end, mark.kind(), mark.detail(), mark.moment()));
        }
    }

    private void write(IndexRecord mark) throws IOException {
        boolean isThere = marksAtEnd.stream()
                .anyMatch(each -> each.from() == mark.offset()
                        && each.kind().code() == mark.code()
                        && each.detail().equals(mark.text())
                        && each.moment().wallMillis() == mark.wallMillis());
        if (!isThere) {
            add(mark);
        }
    }

    private void write(Waiting.Output output) throws IOException {
        int start = (int) Math.max(0, Math.min(output.length(), end - output.from()));
        int length = output.length() - start;
        if (length > 0) {
            SegmentWriter writer = room(length + IndexRecord.LEAST_BYTES, output.moment());
            writer.output(output.bytes(), start, length, output.moment());
            end = writer.offset();
            unforced = true;
            marksAtEnd.clear();
        }
    }

    private void add(IndexRecord record) throws IOException {
        SegmentWriter writer = room(record.size(), new Moment(record.wallMillis(), record.monotonicNanos()));
        writer.add(record);
        end = writer.offset();
        unforced = true;
        remember(record);
    }

    /** The writer of a segment that has room for so many bytes, within the quota. */
    private SegmentWriter room(long bytes, Moment moment) throws IOException {
        long needed = bytes + IndexRecord.SEAL_BYTES;
        if (newest.isPresent() && newest.get().size() + needed > options.segmentBytes()) {
            seal(moment);
        }
        makeRoom(needed + (newest.isPresent() ? 0 : SegmentHead.MOST_BYTES));
        if (newest.isEmpty()) {
            begin(moment);
        }
        return newest.get();
    }

    private void seal(Moment moment) throws IOException {
        SegmentWriter writer = newest.get();
        lastHash = writer.seal(moment);
        writer.close();
        newest = Optional.empty();
        keep(new Kept(writer.name(), newestStart, writer.size()));
        LOG.atDebug()
                .addKeyValue("directory", storage)
                .addKeyValue("segment", writer.name().number())
                .addKeyValue("end", end)
                .addKeyValue("sha256", lastHash)
                .log("A segment of a console's log is complete");
    }

    private void begin(Moment moment) throws IOException {
        SegmentName name = last.next();
        newest = Optional.of(SegmentWriter.begin(
                storage, name, new SegmentHead(name.number(), end, moment.wallMillis(), lastHash, creation)));
        storage.force();
        last = name;
        newestStart = end;
        if (older.isEmpty()) {
            start = end;
        }
    }

    /** Removes the oldest segments until so many bytes more are within the quota. */
    private void makeRoom(long bytes) throws IOException {
        while (!older.isEmpty() && bytes() + bytes > options.quotaBytes()) {
            Kept oldest = older.peekFirst();
            remove(oldest.name());
            older.removeFirst();
            olderBytes -= oldest.bytes();
            start = older.isEmpty()
                    ? (newest.isPresent() ? newestStart : end)
                    : older.peekFirst().start();
        }
    }

    /** Forces to the disk what was written. */
    void force() throws IOException {
        if (newest.isPresent()) {
            newest.get().force();
        }
        unforced = false;
    }

    @Override
    public void close() throws IOException {
        if (newest.isPresent()) {
            newest.get().close();
        }
    }

    /** Removes every file of a log that nobody writes. */
    static void remove(Storage storage) throws IOException {
        for (SegmentName name : SegmentName.in(storage.names())) {
            storage.delete(name.index());
            storage.delete(name.output());
        }
    }
}
