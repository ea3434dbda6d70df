package io.bulkhead.console.protocol;

import io.bulkhead.contract.partition.WindowSize;
import java.nio.ByteBuffer;
import java.util.Optional;

/** What a viewer says to the service. */
public sealed interface ClientMessage {
    /**
     * First, and once: how to attach.
     *
     * @param version of the protocol, {@link MessageCodec#VERSION}
     * @param name what the viewer calls itself, for the others to see beside who it is; at most {@link #MOST_NAME}
     *     characters, may be empty
     * @param start where to begin
     * @param wish of the writing
     * @param reason for a take-over, for the others to see and for the audit trail; may be empty
     * @param policy when it is too slow
     * @param raw whether the past comes as it was; otherwise what a terminal would answer is taken out of it, and modes are
     *     set before it
     * @param credit bytes that may be under way before the first {@link Credit}; 0 has the service choose by the policy
     * @param size of the viewer's terminal
     */
    record Hello(
            int version,
            String name,
            Start start,
            Wish wish,
            String reason,
            LagPolicy policy,
            boolean raw,
            int credit,
            Optional<WindowSize> size)
            implements ClientMessage {
        /** The longest name, characters. */
        public static final int MOST_NAME = 64;

        /** The longest reason, characters. */
        public static final int MOST_REASON = 200;

        public Hello {
            requireLine("a viewer's name", name, MOST_NAME);
            requireLine("a reason", reason, MOST_REASON);
            if (credit < 0) {
                throw new IllegalArgumentException("credit is 0 or more: " + credit);
            }
        }

        /** One that only looks, without a size and with the service's credit. */
        public static Hello view(String name, Start start, LagPolicy policy) {
            return new Hello(MessageCodec.VERSION, name, start, Wish.VIEW, "", policy, false, 0, Optional.empty());
        }

        public Hello wishing(Wish other) {
            return new Hello(version, name, start, other, reason, policy, raw, credit, size);
        }

        public Hello because(String why) {
            return new Hello(version, name, start, wish, why, policy, raw, credit, size);
        }

        public Hello from(Start other) {
            return new Hello(version, name, other, wish, reason, policy, raw, credit, size);
        }

        public Hello raw(boolean asItWas) {
            return new Hello(version, name, start, wish, reason, policy, asItWas, credit, size);
        }

        public Hello sized(Optional<WindowSize> other) {
            return new Hello(version, name, start, wish, reason, policy, raw, credit, other);
        }

        public Hello crediting(int bytes) {
            return new Hello(version, name, start, wish, reason, policy, raw, bytes, size);
        }
    }

    /** Bytes that were typed, at most {@link MessageCodec#MOST_DATA}, within the credit that the service gave. */
    record Input(ByteBuffer bytes) implements ClientMessage {}

    /** So many more bytes of output, or of what stands for it, may come. */
    record Credit(int bytes) implements ClientMessage {
        public Credit {
            if (bytes < 1) {
                throw new IllegalArgumentException("credit is 1 or more: " + bytes);
            }
        }
    }

    /** The size of the viewer's terminal has changed. */
    record Resize(WindowSize size) implements ClientMessage {}

    /** Asks whoever writes for the writing. */
    record Request() implements ClientMessage {}

    /** Hands the writing to whoever asked first. */
    record Grant() implements ClientMessage {}

    /** Keeps the writing from whoever asked first. */
    record Decline() implements ClientMessage {}

    /** Takes the writing from whoever has it. */
    record TakeOver(String reason) implements ClientMessage {
        public TakeOver {
            requireLine("a reason", reason, Hello.MOST_REASON);
        }
    }

    /** Gives the writing, or the place in the queue, back and goes on viewing. */
    record Release() implements ClientMessage {}

    /** Sends a break. */
    record Break() implements ClientMessage {}

    /** Asks for a {@link ServerMessage.Pong} with the same number. */
    record Ping(long number) implements ClientMessage {}

    /** Answers a {@link ServerMessage.Ping}. */
    record Pong(long number) implements ClientMessage {}

    private static void requireLine(String what, String text, int most) {
        if (text.length() > most || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(what + " has at most " + most + " characters and no controls");
        }
    }
}
