package io.bulkhead.console.protocol;

/** Bytes that do not follow the protocol. The connection they came on is of no more use. */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message);
    }

    public ProtocolException(String message, Throwable cause) {
        super(message, cause);
    }
}
