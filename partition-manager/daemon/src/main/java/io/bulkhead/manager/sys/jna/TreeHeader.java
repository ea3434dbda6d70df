package io.bulkhead.manager.sys.jna;

import io.bulkhead.manager.sys.Architecture;

/** Constants of linux/stat.h, stdio.h and sys/syscall.h for calls that go through trees. */
final class TreeHeader {
    static final long SYS_getdents64 = Architecture.pick(217, 61);

    static final int RENAME_EXCHANGE = 2;
    static final int STATX_BASIC_STATS = 0x7ff;

    private TreeHeader() {}
}
