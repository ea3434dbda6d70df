package io.bulkhead.manager.record;

/** A record could not be written or removed; the message has the path and the reason. */
public final class RecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
