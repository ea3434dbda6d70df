package io.bulkhead.console.serial.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.serial.log.IndexRecord.Moment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What every test of a log asks of what is read from it. */
final class LogLaws {
    static final String CREATION = "c0ffee";
    static final LogOptions SMALL = new LogOptions(LogOptions.LEAST_QUOTA_BYTES, 16 << 10, 1, 5, 5, 1 << 20, 16 << 20);

    private LogLaws() {}

    /** The byte that the stream of these tests has at an offset. */
    static byte byteAt(long offset) {
        return (byte) (offset * 31 + (offset >> 8) * 7 + (offset >> 16));
    }

    static byte[] stream(long from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = byteAt(from + i);
        }
        return bytes;
    }

    static Waiting.Output output(long from, int length) {
        return new Waiting.Output(from, stream(from, length), 0, length, moment(from));
    }

    /** A clock by which the n-th byte comes at the n-th millisecond. */
    static Moment moment(long offset) {
        return new Moment(1_000_000 + offset, offset * 1_000_000);
    }

    static List<LogEntry> entries(Storage storage, long from) throws IOException {
        try (LogReader reader = new LogReader(storage).from(from)) {
            List<LogEntry> all = new ArrayList<>();
            for (Optional<LogEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
                all.add(next.get());
            }
            return all;
        }
    }

    /**
     * Asserts that entries cover a stream from an offset without hole or overlap, that every byte is the one that the stream
     * has there, and says what they have.
     */
    static Covered covered(List<LogEntry> entries, long from) {
        long at = from;
        long output = 0;
        long gaps = 0;
        for (LogEntry entry : entries) {
            assertThat(entry.offset()).isEqualTo(at);
            if (entry instanceof LogEntry.Output piece) {
                for (int i = 0; i < piece.bytes().length; i++) {
                    if (piece.bytes()[i] != byteAt(at + i)) {
                        throw new AssertionError("another byte than was written at " + (at + i));
                    }
                }
                at += piece.bytes().length;
                output += piece.bytes().length;
            } else if (entry instanceof LogEntry.Gap gap) {
                assertThat(gap.to()).isGreaterThan(gap.offset());
                gaps += gap.to() - gap.offset();
                at = gap.to();
            }
        }
        return new Covered(at, output, gaps);
    }

    /**
     * What entries have.
     *
     * @param end the offset behind the last
     * @param output how many bytes of output
     * @param gaps how many are missing
     */
    record Covered(long end, long output, long gaps) {}
}
