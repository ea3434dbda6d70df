package io.bulkhead.contract.wire;

import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Greeting;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One unit on the manager's socket: a kind (1 byte), a length (4 bytes, big endian) and that many bytes.
 *
 * @param kind what the bytes are
 * @param payload the bytes; owned by the frame, not to be changed
 */
public record Frame(Kind kind, byte[] payload) {
    /** Bytes before the payload. */
    public static final int HEADER_BYTES = 5;

    /** The largest message: an order, reply, event or stream message. */
    public static final int MAX_MESSAGE_BYTES = 1 << 20;

    /** The largest piece of a byte stream. */
    public static final int MAX_DATA_BYTES = 64 << 10;

    /** What a frame carries. */
    public enum Kind {
        /** JSON: {@link Greeting}, {@link Order}, {@link Reply}, {@link EventRecord} or {@link StreamMessage}. */
        MESSAGE('M', MAX_MESSAGE_BYTES),
        /** To the client: bytes of a console, or of a command's standard output. */
        OUTPUT('O', MAX_DATA_BYTES),
        /** To the client: bytes of a command's standard error. */
        ERROR_OUTPUT('E', MAX_DATA_BYTES),
        /** To the manager: bytes that were typed. */
        INPUT('I', MAX_DATA_BYTES);

        private final byte code;
        private final int maxBytes;

        Kind(char code, int maxBytes) {
            this.code = (byte) code;
            this.maxBytes = maxBytes;
        }

        int maxBytes() {
            return maxBytes;
        }

        static Kind of(byte code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new WireException("a frame starts with the unknown kind 0x" + Integer.toHexString(code & 0xFF));
        }
    }

    public Frame {
        if (payload.length > kind.maxBytes()) {
            throw new WireException("a " + kind + " frame of " + payload.length + " bytes; at most " + kind.maxBytes()
                    + " are allowed");
        }
    }

    public static Frame greeting(Greeting greeting) {
        return message(RecordCodec.encode(greeting));
    }

    public static Frame order(Order order) {
        return message(RecordCodec.encodeAs(Order.class, (Record) order));
    }

    public static Frame reply(Reply reply) {
        return message(RecordCodec.encodeAs(Reply.class, (Record) reply));
    }

    public static Frame event(EventRecord event) {
        return message(RecordCodec.encode(event));
    }

    public static Frame stream(StreamMessage message) {
        return message(RecordCodec.encodeAs(StreamMessage.class, (Record) message));
    }

    private static Frame message(Json json) {
        return new Frame(Kind.MESSAGE, json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Reads the payload as a message of a type; {@link WireException} where it is none. */
    public <T> T as(Class<T> type) {
        if (kind != Kind.MESSAGE) {
            throw new WireException("a message was expected, a frame of kind " + kind + " came");
        }
        return RecordCodec.decode(type, JsonReader.read(payload));
    }

    /** Header and payload, ready to be written. */
    public ByteBuffer toBytes() {
        return ByteBuffer.allocate(HEADER_BYTES + payload.length)
                .put(kind.code)
                .putInt(payload.length)
                .put(payload)
                .flip();
    }
}
