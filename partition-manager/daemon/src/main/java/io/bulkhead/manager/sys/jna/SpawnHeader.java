package io.bulkhead.manager.sys.jna;

/** Constants of spawn.h (glibc). */
final class SpawnHeader {
    static final short POSIX_SPAWN_SETSIGDEF = 0x04;
    static final short POSIX_SPAWN_SETSIGMASK = 0x08;
    static final short POSIX_SPAWN_SETSID = 0x80;

    private SpawnHeader() {}
}
