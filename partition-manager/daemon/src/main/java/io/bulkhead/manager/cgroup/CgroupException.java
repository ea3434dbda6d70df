package io.bulkhead.manager.cgroup;

/** The kernel refused something about a control group; the message has the path, the data and the kernel's words. */
public final class CgroupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CgroupException(String message) {
        super(message);
    }

    public CgroupException(String message, Throwable cause) {
        super(message, cause);
    }
}
