package io.bulkhead.manager.init;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.manager.sys.ProcessEnd;

/** What the end of process 1 means. */
public enum Departure {
    /** It stopped in order: asked to, or by {@code poweroff} inside. */
    HALTED,
    /** It asked to be started again: {@code reboot} inside. */
    REBOOT,
    /** It failed, was killed, or nobody knows. */
    FAILED;

    private static final int SIGHUP = 1;
    private static final int SIGINT = 2;

    /**
     * Reads the end of process 1. The kernel kills it by SIGHUP for a restart and by SIGINT for halt and power-off;
     * reboot(2), "Behavior inside PID namespaces". The small init exits with 0.
     */
    public static Departure of(Init init, ProcessEnd end) {
        if (end instanceof ProcessEnd.Killed killed) {
            return killed.signal() == SIGHUP ? REBOOT : killed.signal() == SIGINT ? HALTED : FAILED;
        }
        boolean systemd = init instanceof Init.Systemd;
        return !systemd && end instanceof ProcessEnd.Exited exited && exited.status() == 0 ? HALTED : FAILED;
    }
}
