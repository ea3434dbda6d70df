package io.bulkhead.manager.start;

/** A boot that failed; the message names the step. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StartException(String step, Throwable cause) {
        super(step + ": " + cause.getMessage(), cause);
    }
}
