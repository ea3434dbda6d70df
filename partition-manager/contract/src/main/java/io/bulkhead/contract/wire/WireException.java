package io.bulkhead.contract.wire;

/** Input that does not follow the protocol; the message names the place and is meant for the sender. */
public final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WireException(String message) {
        super(message);
    }

    public WireException(String message, Throwable cause) {
        super(message, cause);
    }
}
