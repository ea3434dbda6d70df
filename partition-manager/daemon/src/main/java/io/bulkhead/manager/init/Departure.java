package io.bulkhead.manager.init;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.Signals;

/** What the end of process 1 means. */
public enum Departure {
    /** It stopped in order: asked to, or by {@code poweroff} inside. */
    HALTED,
    /** It asked to be started again: {@code reboot} inside. */
    REBOOT,
    /** It failed, was killed, or nobody knows. */
    FAILED;

    /**
     * Reads the end of process 1. The kernel kills it by SIGHUP for a restart and by SIGINT for halt and power-off;
     * reboot(2), "Behavior inside PID namespaces". The small init exits with 0.
     *
     * @param end as {@link #endOfProcess1} gives it
     */
    public static Departure of(Init init, ProcessEnd end) {
        if (end instanceof ProcessEnd.Killed killed) {
            return killed.signal() == Signals.SIGHUP ? REBOOT : killed.signal() == Signals.SIGINT ? HALTED : FAILED;
        }
        boolean systemd = init instanceof Init.Systemd;
        return !systemd && end instanceof ProcessEnd.Exited exited && exited.status() == 0 ? HALTED : FAILED;
    }

    /**
     * How process 1 ended, from two witnesses that both miss something. Its pidfd says "exited with 0" after a
     * reboot(2) that it made itself; its parent, the holder, dies of the same signal then. After SIGKILL the holder (unshare of
     * util-linux 2.38) may exit with 1 instead, and the pidfd is right.
     *
     * @param init what the pidfd of process 1 says, asked after the holder has ended
     * @param holder how the holder ended
     */
    public static ProcessEnd endOfProcess1(ProcessEnd init, ProcessEnd holder) {
        boolean holderKnowsBetter = holder instanceof ProcessEnd.Killed || init instanceof ProcessEnd.Unknown;
        return holderKnowsBetter ? holder : init;
    }
}
