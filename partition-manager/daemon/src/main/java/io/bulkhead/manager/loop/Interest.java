package io.bulkhead.manager.loop;

/** What a registration wants to hear about; epoll_ctl(2). */
public enum Interest {
    /** Nothing, not even a hang-up, until it is changed. */
    NONE(false, false),
    READ(true, false),
    WRITE(false, true),
    READ_WRITE(true, true),
    /** That a file of the kernel's has changed since it was last read from its beginning; EPOLLPRI. */
    CHANGE(false, false);

    private final boolean readable;
    private final boolean writable;

    Interest(boolean readable, boolean writable) {
        this.readable = readable;
        this.writable = writable;
    }

    boolean readable() {
        return readable;
    }

    boolean writable() {
        return writable;
    }
}
