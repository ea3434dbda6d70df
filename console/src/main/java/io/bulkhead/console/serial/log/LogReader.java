package io.bulkhead.console.serial.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Goes through a log, entry by entry, while it may be written; what is missing or damaged is a gap, so that the entries have
 * no hole between them. Holds one segment open and some 100 KiB, and never changes anything. For one thread.
 */
final class LogReader implements Closeable {
    private final Storage storage;
    private Optional<SegmentFiles> segment = Optional.empty();
    private SegmentName last = new SegmentName(0);
    private long wanted;
    private long offset;
    private long wallMillis;
    private boolean begun;
    private Optional<LogEntry> ahead = Optional.empty();

    /** Reads from the oldest entry, unless it is told to begin elsewhere. */
    LogReader(Storage storage) {
        this.storage = storage;
    }

    /** Begins at an offset, before the marks that stand at it; what the log no longer has of it is a gap. */
    LogReader from(long first) throws IOException {
        Optional<SegmentName> covering = Optional.empty();
        for (SegmentName name : names()) {
            Optional<SegmentFiles> found = open(name);
            if (found.isPresent()) {
                try (SegmentFiles files = found.get()) {
                    if (covering.isPresent() && files.head().offset() >= first) {
                        break;
                    }
                    covering = Optional.of(name);
                }
            }
        }
        covering.ifPresent(name -> last = new SegmentName(name.number() - 1));
        wanted = first;
        offset = first;
        begun = true;
        return this;
    }

    /**
     * The first offset whose record is of a time or later; that behind everything where there is none. Segments that were
     * begun before the next one was, before that time, are not gone through.
     */
    static long offsetAt(Storage storage, long fromMillis) throws IOException {
        long end = 0;
        SortedSet<SegmentName> names = SegmentName.in(storage.names());
        SegmentName first = names.isEmpty() ? new SegmentName(1) : names.first();
        for (SegmentName name : names) {
            Optional<SegmentFiles> found = open(storage, name);
            if (found.isPresent()) {
                try (SegmentFiles files = found.get()) {
                    if (files.head().wallMillis() < fromMillis) {
                        first = name;
                    }
                }
            }
        }
        for (SegmentName name : names.tailSet(first)) {
            Optional<SegmentFiles> found = open(storage, name);
            if (found.isEmpty()) {
                continue;
            }
            try (SegmentFiles files = found.get()) {
                for (Optional<IndexRecord> next = files.next(); next.isPresent(); next = files.next()) {
                    if (next.get().wallMillis() >= fromMillis && !next.get().isSeal()) {
                        return next.get().offset();
                    }
                }
                end = files.offset();
            }
        }
        return end;
    }

    private SortedSet<SegmentName> names() throws IOException {
        return SegmentName.in(storage.names());
    }

    private Optional<SegmentFiles> open(SegmentName name) throws IOException {
        return open(storage, name);
    }

    private static Optional<SegmentFiles> open(Storage storage, SegmentName name) throws IOException {
        try {
            return SegmentFiles.open(storage, name);
        } catch (NoSuchFileException e) {
            // It went, or is just being made.
            return Optional.empty();
        }
    }

    /** The offset behind the last entry that was given. */
    long offset() {
        return offset;
    }

    /** The next entry; empty where there is none now. Asked again later, it goes on with what has come. */
    Optional<LogEntry> next() throws IOException {
        while (true) {
            if (ahead.isPresent()) {
                LogEntry entry = ahead.get();
                ahead = Optional.empty();
                return Optional.of(entry);
            }
            if (segment.isEmpty() && !openNext()) {
                return Optional.empty();
            }
            SegmentFiles files = segment.orElseThrow();
            Optional<IndexRecord> record = files.next();
            if (record.isEmpty() && !files.isSealed()) {
                boolean isNewest = names().tailSet(last.next()).isEmpty();
                // Its writer may have gone on, and ended it, since it was looked at.
                record = files.next();
                if (record.isEmpty() && isNewest) {
                    return Optional.empty();
                }
            }
            if (record.isEmpty()) {
                files.close();
                segment = Optional.empty();
                continue;
            }
            Optional<LogEntry> entry = entry(files, record.get());
            if (entry.isPresent()) {
                return gapBefore(entry.get());
            }
        }
    }

    private boolean openNext() throws IOException {
        for (SegmentName name : names().tailSet(last.next())) {
            Optional<SegmentFiles> found = open(name);
            if (found.isPresent()) {
                segment = found;
                last = name;
                if (!begun) {
                    offset = found.get().head().offset();
                    begun = true;
                }
                return true;
            }
        }
        return false;
    }

    private Optional<LogEntry> entry(SegmentFiles files, IndexRecord record) throws IOException {
        wallMillis = record.wallMillis();
        boolean isBefore = record.length() > 0 ? record.end() <= wanted : record.offset() < wanted;
        if (record.isSeal() || record.kind().isEmpty() || isBefore) {
            return Optional.empty();
        }
        if (record.isOutput()) {
            Optional<byte[]> bytes = files.output(record);
            return Optional.of(
                    bytes.isEmpty()
                            ? new LogEntry.Gap(record.offset(), record.end(), "damaged on the disk", wallMillis)
                            : output(record, bytes.get()));
        }
        return Optional.of(
                record.isGap()
                        ? new LogEntry.Gap(Math.max(wanted, record.offset()), record.end(), record.text(), wallMillis)
                        : new LogEntry.Mark(
                                record.offset(),
                                record.kind().get(),
                                record.text(),
                                wallMillis,
                                record.monotonicNanos()));
    }

    private LogEntry output(IndexRecord record, byte[] bytes) {
        int skipped = (int) Math.max(0, wanted - record.offset());
        byte[] rest = skipped == 0 ? bytes : Arrays.copyOfRange(bytes, skipped, bytes.length);
        return new LogEntry.Output(record.offset() + skipped, rest, wallMillis, record.monotonicNanos());
    }

    /** An entry, or the gap before it and the entry next time. */
    private Optional<LogEntry> gapBefore(LogEntry entry) {
        LogEntry given = entry;
        if (entry.offset() > offset) {
            ahead = Optional.of(entry);
            given = new LogEntry.Gap(offset, entry.offset(), "no longer in the log, or damaged", entry.wallMillis());
        }
        offset = end(entry);
        return Optional.of(given);
    }

    private static long end(LogEntry entry) {
        if (entry instanceof LogEntry.Output output) {
            return output.offset() + output.bytes().length;
        }
        return entry instanceof LogEntry.Gap gap ? gap.to() : entry.offset();
    }

    @Override
    public void close() throws IOException {
        if (segment.isPresent()) {
            segment.get().close();
        }
    }
}
