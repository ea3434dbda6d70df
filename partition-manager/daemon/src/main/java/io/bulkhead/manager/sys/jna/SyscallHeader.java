package io.bulkhead.manager.sys.jna;

import io.bulkhead.manager.sys.Architecture;

/** Numbers of sys/syscall.h for calls that glibc 2.34 does not wrap, and what they take. */
final class SyscallHeader {
    static final long SYS_pivot_root = Architecture.pick(155, 41);
    static final long SYS_keyctl = Architecture.pick(250, 219);
    static final long SYS_pidfd_send_signal = 424;
    static final long SYS_open_tree = 428;
    static final long SYS_move_mount = 429;
    static final long SYS_fsopen = 430;
    static final long SYS_fsconfig = 431;
    static final long SYS_fsmount = 432;
    static final long SYS_pidfd_open = 434;
    static final long SYS_openat2 = 437;
    static final long SYS_pidfd_getfd = 438;
    static final long SYS_mount_setattr = 442;

    /** linux/keyctl.h. */
    static final int KEYCTL_JOIN_SESSION_KEYRING = 1;

    /** linux/prctl.h. */
    static final int PR_SET_NO_NEW_PRIVS = 38;

    private SyscallHeader() {}
}
