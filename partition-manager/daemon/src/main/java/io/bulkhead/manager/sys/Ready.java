package io.bulkhead.manager.sys;

/**
 * One readiness notice of epoll_wait(2).
 *
 * @param token as given at registration
 * @param readable there is something to read, or the end
 * @param writable there is room to write
 * @param hungUp the other side has closed, or an error stands on the descriptor
 */
public record Ready(long token, boolean readable, boolean writable, boolean hungUp) {}
