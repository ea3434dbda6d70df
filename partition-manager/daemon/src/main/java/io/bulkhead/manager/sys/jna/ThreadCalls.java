package io.bulkhead.manager.sys.jna;

import com.sun.jna.Pointer;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Namespace;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The calling thread: unshare(2), setns(2), sethostname(2), netdevice(7), keyctl(2), prctl(2), gettid(2). */
final class ThreadCalls {
    private static final Map<Namespace, Integer> NAMESPACES = new EnumMap<>(Map.of(
            Namespace.MOUNT, SchedHeader.CLONE_NEWNS,
            Namespace.UTS, SchedHeader.CLONE_NEWUTS,
            Namespace.IPC, SchedHeader.CLONE_NEWIPC,
            Namespace.NET, SchedHeader.CLONE_NEWNET,
            Namespace.PID, SchedHeader.CLONE_NEWPID,
            Namespace.CGROUP, SchedHeader.CLONE_NEWCGROUP,
            Namespace.USER, SchedHeader.CLONE_NEWUSER));

    private static final String LOOPBACK = "lo";

    /**
     * netdevice(7).
     *
     * <pre>{@code
     * struct ifreq { char ifr_name[IFNAMSIZ]; union { …; short ifr_flags; … }; };
     * }</pre>
     */
    static final class InterfaceRequest {
        static final int SIZE = 40;
        static final int NAME = 0;
        static final int FLAGS = 16;

        private InterfaceRequest() {}
    }

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        static native int unshare(int flags);

        static native int umask(int mask);

        static native int setns(int fd, int flags);

        static native int sethostname(Pointer name, long length);

        static native int socket(int domain, int type, int protocol);

        static native int ioctl(int fd, int request, Pointer argument);

        static native int prctl(int option, long a, long b, long c, long d);

        static native int gettid();

        /** SYS_keyctl. */
        static native long syscall(long number, int operation, long argument);
    }

    private ThreadCalls() {}

    static void unshare(Set<Namespace> namespaces) {
        Checked.call("unshare", namespaces, () -> Libc.unshare(bits(namespaces)));
    }

    static void unshareFileSystemContext() {
        Checked.call("unshare", "CLONE_FS", () -> Libc.unshare(SchedHeader.CLONE_FS));
    }

    /** It cannot fail. */
    static void setUmask(int mask) {
        Libc.umask(mask);
    }

    static void enterNamespaces(Fd target, Set<Namespace> namespaces) {
        Checked.call("setns", target + ", " + namespaces, () -> Libc.setns(target.number(), bits(namespaces)));
    }

    private static int bits(Set<Namespace> namespaces) {
        int bits = 0;
        for (Namespace namespace : namespaces) {
            bits |= Objects.requireNonNull(NAMESPACES.get(namespace));
        }
        return bits;
    }

    static void setHostname(String hostname) {
        try (Scratch scratch = new Scratch()) {
            Pointer text = scratch.text(hostname);
            int length = hostname.getBytes(StandardCharsets.UTF_8).length;
            Checked.call("sethostname", "\"" + hostname + "\"", () -> Libc.sethostname(text, length));
        }
    }

    static void bringLoopbackUp() {
        try (Fd socket = FileCalls.owned(Checked.call(
                        "socket",
                        "AF_INET",
                        () -> Libc.socket(
                                SocketHeader.AF_INET, SocketHeader.SOCK_DGRAM | SocketHeader.SOCK_CLOEXEC, 0)));
                Scratch scratch = new Scratch()) {
            Pointer request = scratch.zeroed(InterfaceRequest.SIZE);
            byte[] name = LOOPBACK.getBytes(StandardCharsets.US_ASCII);
            request.write(InterfaceRequest.NAME, name, 0, name.length);
            Checked.call(
                    "ioctl",
                    "SIOCGIFFLAGS, " + LOOPBACK,
                    () -> Libc.ioctl(socket.number(), SocketHeader.SIOCGIFFLAGS, request));
            int flags = request.getShort(InterfaceRequest.FLAGS) | SocketHeader.IFF_UP;
            request.setShort(InterfaceRequest.FLAGS, (short) flags);
            Checked.call(
                    "ioctl",
                    "SIOCSIFFLAGS, " + LOOPBACK,
                    () -> Libc.ioctl(socket.number(), SocketHeader.SIOCSIFFLAGS, request));
        }
    }

    static void joinNewSessionKeyring() {
        Checked.call(
                "keyctl",
                "KEYCTL_JOIN_SESSION_KEYRING",
                () -> Libc.syscall(SyscallHeader.SYS_keyctl, SyscallHeader.KEYCTL_JOIN_SESSION_KEYRING, 0));
    }

    static void setNoNewPrivileges() {
        Checked.call("prctl", "PR_SET_NO_NEW_PRIVS", () -> Libc.prctl(SyscallHeader.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    }

    static long currentThreadId() {
        return Libc.gettid();
    }
}
