package io.bulkhead.console.serial.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads output out of a log by offset, piece by piece, cheaply where the pieces follow each other. For one thread at a time. */
public final class LogWindow implements Closeable {
    private final Storage storage;
    private Optional<LogReader> reader = Optional.empty();
    private Optional<LogEntry.Output> held = Optional.empty();
    private long position;

    /**
     * What lies at an offset.
     *
     * @param bytes from there; none where the log has none there
     * @param next where there are none, the next offset at which there may be some; {@link Long#MAX_VALUE} for nowhere
     */
    public record Piece(ByteBuffer bytes, long next) {
        private static Piece none(long next) {
            return new Piece(ByteBuffer.allocate(0), next);
        }
    }

    LogWindow(Storage storage) {
        this.storage = storage;
    }

    /** At most so many bytes from an offset on. */
    public Piece read(long from, int atMost) throws IOException {
        if (reader.isEmpty() || position != from) {
            close();
            reader = Optional.of(new LogReader(storage).from(from));
            position = from;
        }
        while (true) {
            if (held.isPresent()) {
                return take(held.get(), atMost);
            }
            Optional<LogEntry> entry = reader.get().next();
            if (entry.isEmpty()) {
                close();
                return Piece.none(Long.MAX_VALUE);
            } else if (entry.get() instanceof LogEntry.Output output
                    && output.offset() + output.bytes().length > position) {
                if (output.offset() > position) {
                    close();
                    return Piece.none(output.offset());
                }
                held = Optional.of(output);
            } else if (entry.get() instanceof LogEntry.Gap gap && gap.to() > position) {
                close();
                return Piece.none(gap.to());
            }
        }
    }

    private Piece take(LogEntry.Output output, int atMost) {
        int start = (int) (position - output.offset());
        int length = Math.min(atMost, output.bytes().length - start);
        position += length;
        if (start + length == output.bytes().length) {
            held = Optional.empty();
        }
        return new Piece(ByteBuffer.wrap(output.bytes(), start, length).slice(), position);
    }

    @Override
    public void close() throws IOException {
        Optional<LogReader> open = reader;
        reader = Optional.empty();
        held = Optional.empty();
        if (open.isPresent()) {
            open.get().close();
        }
    }
}
