package io.bulkhead.manager.sys;

/** Numbers of signals, the same on x86-64 and arm64; signal(7). */
public final class Signals {
    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGKILL = 9;

    private Signals() {}
}
