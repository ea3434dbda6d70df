package io.bulkhead.manager.network;

/** The kernel or a tool did not do what was asked of it; the message holds its own words. */
public final class NetworkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NetworkException(String message) {
        super(message);
    }

    public NetworkException(String message, Throwable cause) {
        super(message, cause);
    }
}
