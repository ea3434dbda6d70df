package io.bulkhead.console.protocol;

import io.bulkhead.contract.order.ProblemCode;
import java.nio.ByteBuffer;
import java.util.Optional;

/** What the service says to a viewer. */
public sealed interface ServerMessage {
    /**
     * Answers the hello.
     *
     * @param offset where the viewer begins
     * @param end of the stream now; what lies below it is the past
     * @param creation of the console: with another one, offsets from before mean nothing
     * @param viewer how the others see this one
     * @param role of this viewer
     * @param writer who has the writing
     * @param inputCredit bytes that may be typed before the first {@link Credit}
     */
    record Opened(
            long offset, long end, String creation, String viewer, Role role, Optional<String> writer, int inputCredit)
            implements ServerMessage {}

    /**
     * Where a viewer stands with the writing.
     *
     * @param kind where
     * @param place in the queue from 1; 0 where it does not wait
     */
    record Role(Standing kind, int place) {
        /** Where it stands. */
        public enum Standing {
            VIEWS,
            WAITS,
            WRITES
        }

        public static final Role VIEWS = new Role(Standing.VIEWS, 0);
        public static final Role WRITES = new Role(Standing.WRITES, 0);

        public static Role waits(int place) {
            return new Role(Standing.WAITS, place);
        }
    }

    /**
     * Output as it was.
     *
     * @param offset of the first byte
     * @param bytes at most {@link MessageCodec#MOST_DATA}; may be shared, read only
     */
    record Output(long offset, ByteBuffer bytes) implements ServerMessage {
        /** The offset behind it. */
        public long end() {
            return offset + bytes.remaining();
        }
    }

    /**
     * Output of the past, without what a terminal would answer.
     *
     * @param offset of the first byte that it stands for
     * @param length how many bytes of the stream it stands for
     * @param bytes for the terminal
     */
    record History(long offset, int length, ByteBuffer bytes) implements ServerMessage {
        public long end() {
            return offset + length;
        }
    }

    /** For the terminal, outside the stream: sets the modes that hold where the next output begins. */
    record Modes(ByteBuffer bytes) implements ServerMessage {}

    /**
     * Output that does not come.
     *
     * @param from offset of the first lost byte
     * @param to offset behind the last
     * @param cause why
     */
    record Gap(long from, long to, Loss cause) implements ServerMessage {
        /** Why output does not come. */
        public enum Loss {
            /** The viewer was too slow, by its own policy. */
            SLOW,
            /** Nobody has it any more: it is older than ring and log go back. */
            OLD,
            /** It never came here: lost before the service, or by a crash. */
            LOST
        }
    }

    /** So many more bytes may be typed. */
    record Credit(int bytes) implements ServerMessage {}

    /**
     * Who has the writing, or the queue, has changed.
     *
     * @param writer who has it now
     * @param role of this viewer now
     * @param cause how it came
     * @param reason that was given for it; may be empty
     */
    record WriterChanged(Optional<String> writer, Role role, Cause cause, String reason) implements ServerMessage {
        /** How it came. */
        public enum Cause {
            /** Somebody attached, and nobody wrote. */
            ATTACHED,
            /** It was handed over to whoever asked. */
            GRANTED,
            /** It was taken. */
            TAKEN_OVER,
            /** The next of the queue has it, as it had become free. */
            PROMOTED,
            /** Its writer gave it back. */
            RELEASED,
            /** Its writer left. */
            DETACHED,
            /** Its writer did not type for too long. */
            IDLE,
            /** Only the queue has changed. */
            QUEUE
        }
    }

    /** To the writer: somebody asks for the writing; grant or decline it. */
    record Asked(String viewer, int seconds) implements ServerMessage {}

    /** To whoever asked, and to the writer: how it went. */
    record Answered(String viewer, Answer answer) implements ServerMessage {
        /** How a request ended. */
        public enum Answer {
            GRANTED,
            DECLINED,
            /** The writer did not answer. */
            TIMED_OUT,
            /** It is no longer needed: whoever asked has the writing, left, or no longer wants it. */
            WITHDRAWN
        }
    }

    /**
     * Something happened at this place of the stream.
     *
     * @param offset of the next byte of output after it
     * @param timeMillis since 1970 UTC
     * @param kind of event
     * @param detail for people, one line or more
     */
    record Mark(long offset, long timeMillis, Kind kind, String detail) implements ServerMessage {
        /** Kinds of event. */
        public enum Kind {
            ATTACHED,
            DETACHED,
            RESIZED,
            BREAK,
            /** The manager or the service began anew. */
            RESTARTED,
            /** A run of the partition began or ended. */
            RUN
        }
    }

    /** Asks for a {@link ClientMessage.Pong} with the same number. */
    record Ping(long number) implements ServerMessage {}

    /** Answers a {@link ClientMessage.Ping}. */
    record Pong(long number) implements ServerMessage {}

    /**
     * What the viewer asked for is refused; before {@link Opened} this is the last message.
     *
     * @param code of the problem
     * @param detail for people
     * @param remedy for people; may be empty
     */
    record Refused(ProblemCode code, String detail, String remedy) implements ServerMessage {}

    /**
     * Last: the service ends the attachment.
     *
     * @param comesBack whether to attach again at the last offset
     * @param reason for people
     */
    record End(boolean comesBack, String reason) implements ServerMessage {}
}
