package io.bulkhead.contract.order;

import io.bulkhead.contract.partition.WindowSize;
import java.nio.charset.StandardCharsets;

/** What is said beside the bytes on a stream. */
public sealed interface StreamMessage {
    /**
     * To the client: these bytes or events are lost for this viewer, which was too slow or came too late.
     *
     * @param from first lost offset or sequence number
     * @param to first one that comes again
     */
    record Gap(long from, long to) implements StreamMessage {}

    /**
     * To the client, once on a stream of events: the journal's past has been sent, what follows is new.
     *
     * @param sequence the number of the last event that the journal had, 0 if it had none
     */
    record CaughtUp(long sequence) implements StreamMessage {}

    /**
     * To the client of a console: something other than output happened at this place of the stream. Those that are still
     * remembered come again to whoever opens the stream at or before their place; time and kind tell them apart.
     *
     * @param offset of the first byte that came afterwards
     * @param timeMillis when, milliseconds since 1970 UTC
     * @param kind what happened
     * @param detail of it, on one line
     */
    record Mark(long offset, long timeMillis, Kind kind, String detail) implements StreamMessage {
        /** The longest detail, in bytes of UTF-8. */
        public static final int MOST_DETAIL_BYTES = 200;

        /** What can happen to a console. */
        public enum Kind {
            /** Process 1 of a new run got the console. */
            RUN_BEGAN,
            /** A run has ended; the detail says how. */
            RUN_ENDED,
            /** Another manager goes on with the console; the partition runs on. */
            MANAGER_RESTARTED,
            /** The writer has changed the console's size; the detail is like {@code 80x24}. */
            RESIZED
        }

        public Mark {
            if (offset < 0) {
                throw new IllegalArgumentException("an offset cannot be negative: " + offset);
            }
            if (detail.getBytes(StandardCharsets.UTF_8).length > MOST_DETAIL_BYTES
                    || detail.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("a detail is one line of at most " + MOST_DETAIL_BYTES + " bytes");
            }
        }
    }

    /** To the client: another viewer has taken the writing over; this one goes on viewing. */
    record WriterChanged(String writer) implements StreamMessage {}

    /**
     * To the client, last: the command has ended.
     *
     * @param status its exit status, or 128 + the number of the signal that killed it
     */
    record Exited(int status) implements StreamMessage {}

    /** To the manager: the terminal's size has changed. */
    record Resize(WindowSize size) implements StreamMessage {}

    /** To the manager: no more input will come for the command. */
    record EndOfInput() implements StreamMessage {}

    /**
     * To the manager: sends a signal to the command.
     *
     * @param number 1 to 64
     */
    record Signal(int number) implements StreamMessage {
        public Signal {
            if (number < 1 || number > 64) {
                throw new IllegalArgumentException("a signal is 1 to 64: " + number);
            }
        }
    }
}
