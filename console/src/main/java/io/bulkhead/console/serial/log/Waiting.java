package io.bulkhead.console.serial.log;

import io.bulkhead.console.serial.log.IndexRecord.Moment;
import java.util.Arrays;

/** What waits in memory to be written to a log. */
sealed interface Waiting {
    /** The offset at which it begins. */
    long from();

    /** The offset behind it. */
    long to();

    /** How much memory it is counted for, bytes. */
    int cost();

    /** When it came. */
    Moment moment();

    /** Output, to which more can be added as long as nobody writes it. For one thread at a time. */
    final class Output implements Waiting {
        private final long from;
        private final Moment moment;
        private byte[] bytes;
        private int length;

        Output(long from, byte[] source, int start, int length, Moment moment) {
            this.from = from;
            this.bytes = Arrays.copyOfRange(source, start, start + length);
            this.length = length;
            this.moment = moment;
        }

        void add(byte[] source, int start, int count) {
            if (length + count > bytes.length) {
                bytes = Arrays.copyOf(
                        bytes, Math.min(IndexRecord.MOST_OUTPUT_BYTES, Math.max(length + count, 2 * bytes.length)));
            }
            System.arraycopy(source, start, bytes, length, count);
            length += count;
        }

        byte[] bytes() {
            return bytes;
        }

        int length() {
            return length;
        }

        @Override
        public long from() {
            return from;
        }

        @Override
        public long to() {
            return from + length;
        }

        @Override
        public int cost() {
            return length + OVERHEAD;
        }

        @Override
        public Moment moment() {
            return moment;
        }
    }

    /** Bytes that the log does not get. */
    record Gap(long from, long to, String reason, Moment moment) implements Waiting {
        @Override
        public int cost() {
            return 0;
        }
    }

    /** An event. */
    record Mark(long from, EntryKind kind, String detail, Moment moment) implements Waiting {
        @Override
        public long to() {
            return from;
        }

        @Override
        public int cost() {
            return OVERHEAD + 2 * detail.length();
        }
    }

    /** What an object is counted for beside its content, bytes. */
    int OVERHEAD = 96;
}
