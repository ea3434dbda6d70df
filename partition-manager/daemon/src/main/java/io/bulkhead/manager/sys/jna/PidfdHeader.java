package io.bulkhead.manager.sys.jna;

/** Constants of linux/pidfd.h, Linux 6.13 and newer; not in the headers of Debian 12. */
final class PidfdHeader {
    /** {@code _IOWR(0xFF, 11, struct pidfd_info)} with the structure's first size, 64 bytes. */
    static final int PIDFD_GET_INFO = 0xC040_FF0B;

    /** The exit code is asked for, or given; Linux 6.15. */
    static final long PIDFD_INFO_EXIT = 1 << 3;

    private PidfdHeader() {}
}
