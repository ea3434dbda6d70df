package io.bulkhead.harness.lab;

/** The lab itself failed, not a test in it; the message is for the user. */
final class LabFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LabFailure(String message) {
        super(message);
    }

    LabFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
