package io.bulkhead.manager.sys.jna;

/** Constants of sys/socket.h, net/if.h and linux/sockios.h. */
final class SocketHeader {
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_CLOEXEC = 02000000;

    static final int IFF_UP = 1;
    static final int SIOCGIFFLAGS = 0x8913;
    static final int SIOCSIFFLAGS = 0x8914;

    private SocketHeader() {}
}
