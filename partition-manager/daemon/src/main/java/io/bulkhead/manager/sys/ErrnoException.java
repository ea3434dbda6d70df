package io.bulkhead.manager.sys;

import java.util.Optional;

/**
 * A system call that failed. The message reads like {@code pivot_root("/run/…"): EBUSY (16)}, with a hint where an
 * administrator can act.
 */
public final class ErrnoException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final Errno errno;

    public ErrnoException(String call, Errno errno, String subject) {
        this(call, errno, subject, Optional.empty());
    }

    public ErrnoException(String call, Errno errno, String subject, Optional<String> hint) {
        super(call + "(" + subject + "): " + errno
                + hint.map(text -> "; " + text).orElse(""));
        this.call = call;
        this.errno = errno;
    }

    /** The call's name as in its man page. */
    public String call() {
        return call;
    }

    public Errno errno() {
        return errno;
    }

    public boolean is(Errno other) {
        return errno.equals(other);
    }
}
