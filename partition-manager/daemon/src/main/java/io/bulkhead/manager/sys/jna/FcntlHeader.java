package io.bulkhead.manager.sys.jna;

import io.bulkhead.manager.sys.Architecture;

/** Constants of fcntl.h and what goes with it. */
final class FcntlHeader {
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_NOCTTY = 0400;
    static final int O_TRUNC = 01000;
    static final int O_NONBLOCK = 04000;
    static final int O_DIRECTORY = Architecture.pick(0200000, 040000);
    static final int O_NOFOLLOW = Architecture.pick(0400000, 0100000);
    static final int O_CLOEXEC = 02000000;
    static final int O_PATH = 010000000;

    static final int F_GETFL = 3;
    static final int F_SETFL = 4;
    static final int F_DUPFD_CLOEXEC = 1030;

    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int AT_RECURSIVE = 0x8000;

    /** linux/openat2.h. */
    static final long RESOLVE_NO_XDEV = 0x01;

    static final long RESOLVE_NO_MAGICLINKS = 0x02;

    static final long RESOLVE_NO_SYMLINKS = 0x04;
    static final long RESOLVE_BENEATH = 0x08;

    /** linux/stat.h. */
    static final int STATX_BLOCKS = 0x400;

    private FcntlHeader() {}
}
