package io.bulkhead.manager.sys.jna;

/** Constants of linux/loop.h. */
final class LoopHeader {
    static final int LOOP_CONFIGURE = 0x4C0A;
    static final int LOOP_CTL_GET_FREE = 0x4C82;

    static final int LO_FLAGS_AUTOCLEAR = 4;
    static final int LO_FLAGS_DIRECT_IO = 16;

    private LoopHeader() {}
}
