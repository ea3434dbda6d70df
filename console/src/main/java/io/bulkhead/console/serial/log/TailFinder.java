package io.bulkhead.console.serial.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Finds where the last lines of a log begin, from its end backwards. A newline at the very end begins no line. */
final class TailFinder {
    private static final int PIECE_BYTES = 64 << 10;

    private final Storage storage;
    private long wanted;
    private boolean atVeryEnd = true;
    private long earliest;

    private TailFinder(Storage storage, long lines) {
        this.storage = storage;
        this.wanted = lines;
    }

    /** The offset of the first byte of the last so many lines; that of the first byte where there are not so many. */
    static long offset(Storage storage, long lines) throws IOException {
        return new TailFinder(storage, lines).find();
    }

    private long find() throws IOException {
        if (wanted == 0) {
            return LogReader.offsetAt(storage, Long.MAX_VALUE);
        }
        List<SegmentName> names = new ArrayList<>(SegmentName.in(storage.names()));
        Collections.reverse(names);
        for (SegmentName name : names) {
            try {
                Optional<SegmentFiles> found = SegmentFiles.open(storage, name);
                if (found.isPresent()) {
                    try (SegmentFiles files = found.get()) {
                        Optional<Long> start = search(files);
                        if (start.isPresent()) {
                            return start.get();
                        }
                    }
                }
            } catch (NoSuchFileException e) {
                // The quota took it: the log begins behind it.
                return earliest;
            }
        }
        return earliest;
    }

    private Optional<Long> search(SegmentFiles files) throws IOException {
        files.skipRecords();
        earliest = files.head().offset();
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        for (long end = files.outputPosition(); end > 0; end -= Math.min(end, PIECE_BYTES)) {
            int size = (int) Math.min(end, PIECE_BYTES);
            piece.clear().limit(size);
            files.readOutput(piece, end - size);
            for (int i = size - 1; i >= 0; i--) {
                if (piece.get(i) == '\n' && !atVeryEnd && --wanted == 0) {
                    return Optional.of(offsetOf(files.name(), end - size + i + 1));
                }
                atVeryEnd = false;
            }
        }
        return Optional.empty();
    }

    /** The offset in the stream of a place in a segment's output. */
    private long offsetOf(SegmentName name, long place) throws IOException {
        try (SegmentFiles files =
                SegmentFiles.open(storage, name).orElseThrow(() -> new NoSuchFileException(name.index()))) {
            for (Optional<IndexRecord> next = files.next(); next.isPresent(); next = files.next()) {
                if (next.get().isOutput() && files.outputPosition() > place) {
                    return next.get().end() - (files.outputPosition() - place);
                }
            }
            return files.offset();
        }
    }
}
