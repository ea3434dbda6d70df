package io.bulkhead.contract.order;

/**
 * Every kind of problem that Bulkhead reports: the single source of the HTTP status, of the {@code type} of a problem
 * document (RFC 9457), and of the exit code of the command line.
 */
public enum ProblemCode {
    INVALID_REQUEST(400, 2, "The request is not understood"),
    PROTOCOL_ERROR(400, 1, "The bytes do not follow the protocol"),
    UNAUTHENTICATED(401, 6, "It is not known who asks"),
    MISDIRECTED(421, 2, "The request is meant for another server"),
    TOO_LARGE(413, 2, "The request is larger than allowed"),
    NOT_FOUND(404, 3, "There is no such thing"),
    METHOD_NOT_ALLOWED(405, 2, "The resource does not know this method"),
    CONFLICT(409, 4, "It conflicts with what is there"),
    PRECONDITION_FAILED(412, 4, "It is no longer what the condition says"),
    KEY_REUSED(422, 2, "The idempotency key was used for another request"),
    TOO_MANY_REQUESTS(429, 6, "There were too many of them"),
    WRONG_STATE(409, 4, "The partition is in the wrong state for this"),
    NOT_ENOUGH_RESOURCES(409, 5, "The hardware is not free"),
    NOT_ENFORCEABLE(422, 5, "This host cannot enforce it"),
    NOT_PERMITTED(403, 6, "It is not permitted"),
    LEDGER_READ_ONLY(503, 4, "The ledger cannot be written"),
    UNREACHABLE(503, 7, "The control plane or the manager cannot be reached"),
    TIMED_OUT(504, 8, "It took too long"),
    PROMISE_BROKEN(500, 10, "A promise does not hold"),
    FAILED(500, 1, "It failed");

    private final int httpStatus;
    private final int exitCode;
    private final String title;

    ProblemCode(int httpStatus, int exitCode, String title) {
        this.httpStatus = httpStatus;
        this.exitCode = exitCode;
        this.title = title;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** The exit code of the command line. */
    public int exitCode() {
        return exitCode;
    }

    /** A sentence without the particulars. */
    public String title() {
        return title;
    }
}
