package io.bulkhead.manager.sys;

/**
 * One readiness notice of epoll_wait(2).
 *
 * @param token as given at registration
 * @param readable there is something to read, or the end
 * @param writable there is room to write
 * @param hungUp the other side has closed, or an error stands on the descriptor
 * @param changed a file of the kernel's has changed since it was last read; then {@code hungUp} too
 */
public record Ready(long token, boolean readable, boolean writable, boolean hungUp, boolean changed) {
    /** Of a descriptor that is no such file. */
    public Ready(long token, boolean readable, boolean writable, boolean hungUp) {
        this(token, readable, writable, hungUp, false);
    }
}
