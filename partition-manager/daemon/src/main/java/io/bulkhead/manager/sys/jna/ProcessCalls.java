package io.bulkhead.manager.sys.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.ProcessEnd;
import java.util.Optional;

/** Processes by pidfd: pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2), waitid(2), ioctl PIDFD_GET_INFO. */
final class ProcessCalls {
    /** How long a process that has ended may stay unreaped by its parent before its status counts as unknown. */
    private static final int REAPED_WITHIN_MILLIS = 100;

    /**
     * waitid(2), sigaction(2): siginfo_t as filled in for SIGCHLD.
     *
     * <pre>{@code
     * siginfo_t { int si_signo; int si_errno; int si_code; …; pid_t si_pid; uid_t si_uid; int si_status; … };
     * }</pre>
     */
    static final class SigInfo {
        static final int SIZE = 128;
        static final int CODE = 8;
        static final int PID = 16;
        static final int STATUS = 24;

        private SigInfo() {}
    }

    /**
     * linux/pidfd.h, Linux 6.13.
     *
     * <pre>{@code
     * struct pidfd_info { __u64 mask; __u64 cgroupid; __u32 pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid,
     *                     fsgid; __s32 exit_code; … };
     * }</pre>
     */
    static final class PidfdInfo {
        /** Of the structure's first version; the request's number holds it. */
        static final int SIZE = 64;

        static final int MASK = 0;
        static final int EXIT_CODE = 60;

        private PidfdInfo() {}
    }

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        static native int waitid(int idType, int id, Pointer information, int options);

        static native int ioctl(int fd, int request, Pointer argument);

        /** SYS_pidfd_open. */
        static native long syscall(long number, int pid, int flags);

        /** SYS_pidfd_getfd. */
        static native long syscall(long number, int process, int fd, int flags);

        /** SYS_pidfd_send_signal. */
        static native long syscall(long number, int process, int signal, long information, int flags);
    }

    private ProcessCalls() {}

    static Fd openProcess(long pid) {
        int number = Math.toIntExact(pid);
        return FileCalls.owned(
                Checked.call("pidfd_open", "pid " + pid, () -> Libc.syscall(SyscallHeader.SYS_pidfd_open, number, 0)));
    }

    static void signal(Fd process, int signal) {
        Checked.call(
                "pidfd_send_signal",
                process + ", signal " + signal,
                () -> Libc.syscall(SyscallHeader.SYS_pidfd_send_signal, process.number(), signal, 0L, 0));
    }

    static Fd takeDescriptor(Fd process, int number) {
        return FileCalls.owned(Checked.call(
                "pidfd_getfd",
                process + ", its fd " + number,
                () -> Libc.syscall(SyscallHeader.SYS_pidfd_getfd, process.number(), number, 0)));
    }

    static Optional<ProcessEnd> pollEnd(Fd process) {
        try (Scratch scratch = new Scratch()) {
            Pointer information = scratch.zeroed(SigInfo.SIZE);
            Checked.call(
                    "waitid",
                    process,
                    () -> Libc.waitid(
                            WaitHeader.P_PIDFD,
                            process.number(),
                            information,
                            WaitHeader.WEXITED | WaitHeader.WNOHANG));
            return information.getInt(SigInfo.PID) == 0
                    ? Optional.empty()
                    : Optional.of(end(information.getInt(SigInfo.CODE), information.getInt(SigInfo.STATUS)));
        } catch (ErrnoException e) {
            if (e.is(Errno.ECHILD)) {
                return pollEndOfStranger(process);
            }
            throw e;
        }
    }

    private static ProcessEnd end(int code, int status) {
        return code == WaitHeader.CLD_EXITED
                ? new ProcessEnd.Exited(status)
                : new ProcessEnd.Killed(status, code == WaitHeader.CLD_DUMPED);
    }

    /**
     * The end of a process that is not our child, or that we have reaped before. Its status exists only once its parent
     * has reaped it, which a pidfd shows as a hang-up.
     */
    private static Optional<ProcessEnd> pollEndOfStranger(Fd process) {
        if (!PollCalls.happensWithin(process, PollHeader.POLLIN, 0)) {
            return Optional.empty();
        }
        try (Scratch scratch = new Scratch()) {
            Pointer information = scratch.zeroed(PidfdInfo.SIZE);
            if (!askForExit(process, information)) {
                return Optional.of(new ProcessEnd.Unknown());
            }
            if (!tellsExit(information) && PollCalls.happensWithin(process, PollHeader.POLLHUP, REAPED_WITHIN_MILLIS)) {
                askForExit(process, information);
            }
            return Optional.of(
                    tellsExit(information)
                            ? endOfWaitStatus(information.getInt(PidfdInfo.EXIT_CODE))
                            : new ProcessEnd.Unknown());
        }
    }

    private static boolean askForExit(Fd process, Pointer information) {
        information.setLong(PidfdInfo.MASK, PidfdHeader.PIDFD_INFO_EXIT);
        int answer = Libc.ioctl(process.number(), PidfdHeader.PIDFD_GET_INFO, information);
        if (answer == -1) {
            int errno = Native.getLastError();
            if (errno == Errno.EBADF.number()) {
                throw Checked.failure("ioctl", errno, process + ", PIDFD_GET_INFO");
            }
            // ENOTTY, EINVAL or ESRCH: an older kernel, which does not tell.
            return false;
        }
        return true;
    }

    private static boolean tellsExit(Pointer information) {
        return (information.getLong(PidfdInfo.MASK) & PidfdHeader.PIDFD_INFO_EXIT) != 0;
    }

    /** Reads a status as wait(2) gives it: the low seven bits are the signal, bit 7 the core dump, then the status. */
    static ProcessEnd endOfWaitStatus(int status) {
        int signal = status & 0x7f;
        return signal == 0
                ? new ProcessEnd.Exited(status >> 8 & 0xff)
                : new ProcessEnd.Killed(signal, (status & 0x80) != 0);
    }
}
