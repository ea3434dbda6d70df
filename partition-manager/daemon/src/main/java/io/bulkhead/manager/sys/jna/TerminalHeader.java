package io.bulkhead.manager.sys.jna;

/** Constants of asm-generic/ioctls.h. */
final class TerminalHeader {
    static final int TIOCGWINSZ = 0x5413;
    static final int TIOCSWINSZ = 0x5414;
    static final int FIONREAD = 0x541B;
    static final int TIOCGPTN = 0x8004_5430;
    static final int TIOCSPTLCK = 0x4004_5431;

    private TerminalHeader() {}
}
