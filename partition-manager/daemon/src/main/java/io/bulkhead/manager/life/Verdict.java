package io.bulkhead.manager.life;

import io.bulkhead.manager.sys.ProcessEnd;

/**
 * What the end of process 1 means. reboot(2) in a pid namespace kills process 1: by SIGINT for a power-off, by SIGHUP for
 * a restart. Pure.
 */
enum Verdict {
    /** It shut itself down. */
    STOPPED,
    /** It asked to be started again. */
    RESTART,
    FAILED;

    private static final int SIGHUP = 1;
    private static final int SIGINT = 2;

    static Verdict of(ProcessEnd end) {
        if (end instanceof ProcessEnd.Exited exited) {
            return exited.status() == 0 ? STOPPED : FAILED;
        } else if (end instanceof ProcessEnd.Killed killed) {
            return killed.signal() == SIGINT ? STOPPED : killed.signal() == SIGHUP ? RESTART : FAILED;
        }
        return FAILED;
    }

    /** The end in the user's words. */
    static String words(ProcessEnd end) {
        return switch (of(end)) {
            case STOPPED -> end instanceof ProcessEnd.Killed ? "powered itself off" : "ended by itself";
            case RESTART -> "rebooted itself";
            case FAILED -> "process 1 " + (end instanceof ProcessEnd.Killed ? "was " : "") + end;
        };
    }
}
