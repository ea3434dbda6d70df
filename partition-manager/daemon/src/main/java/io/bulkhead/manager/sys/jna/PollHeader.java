package io.bulkhead.manager.sys.jna;

/** Constants of sys/epoll.h, sys/eventfd.h and poll.h. */
final class PollHeader {
    static final int EPOLL_CLOEXEC = 02000000;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLL_CTL_MOD = 3;
    static final int EPOLLIN = 0x1;
    static final int EPOLLPRI = 0x2;
    static final int EPOLLOUT = 0x4;
    static final int EPOLLERR = 0x8;
    static final int EPOLLHUP = 0x10;

    static final int EFD_CLOEXEC = 02000000;
    static final int EFD_NONBLOCK = 04000;

    static final short POLLIN = 0x1;
    static final short POLLHUP = 0x10;

    private PollHeader() {}
}
