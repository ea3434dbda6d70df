package io.bulkhead.manager.sys.jna;

/** Constants of sys/wait.h and signal.h. */
final class WaitHeader {
    static final int P_PIDFD = 3;
    static final int WNOHANG = 1;
    static final int WEXITED = 4;

    static final int CLD_EXITED = 1;
    static final int CLD_KILLED = 2;
    static final int CLD_DUMPED = 3;

    private WaitHeader() {}
}
