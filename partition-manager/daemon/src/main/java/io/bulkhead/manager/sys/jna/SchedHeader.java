package io.bulkhead.manager.sys.jna;

/** Constants of sched.h. */
final class SchedHeader {
    static final int CLONE_FS = 0x0000_0200;
    static final int CLONE_NEWNS = 0x0002_0000;
    static final int CLONE_NEWCGROUP = 0x0200_0000;
    static final int CLONE_NEWUTS = 0x0400_0000;
    static final int CLONE_NEWIPC = 0x0800_0000;
    static final int CLONE_NEWUSER = 0x1000_0000;
    static final int CLONE_NEWPID = 0x2000_0000;
    static final int CLONE_NEWNET = 0x4000_0000;

    private SchedHeader() {}
}
