package io.bulkhead.manager.sys.jna;

import com.sun.jna.Pointer;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.NetlinkFamily;
import java.io.ByteArrayOutputStream;

/** One question to the kernel and its answer: socket(2), send(2), recv(2) of netlink(7). */
final class NetlinkCalls {
    /** The kernel fills datagrams of a dump up to 32 KiB, where the reader's buffer takes that. */
    private static final int LARGEST_DATAGRAM = 64 * 1024;

    /**
     * netlink(7).
     *
     * <pre>{@code
     * struct nlmsghdr { __u32 nlmsg_len; __u16 nlmsg_type, nlmsg_flags; __u32 nlmsg_seq, nlmsg_pid; };
     * }</pre>
     */
    private static final class MessageHeader {
        static final int SIZE = 16;
        static final int LENGTH = 0;
        static final int TYPE = 4;
        static final int FLAGS = 6;

        private MessageHeader() {}
    }

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        static native int socket(int domain, int type, int protocol);

        static native long send(int fd, Pointer message, long length, int flags);

        static native long recv(int fd, Pointer into, long length, int flags);
    }

    private NetlinkCalls() {}

    static byte[] ask(NetlinkFamily family, byte[] request) {
        int protocol = family == NetlinkFamily.ROUTE ? NetlinkHeader.NETLINK_ROUTE : NetlinkHeader.NETLINK_NETFILTER;
        try (Fd socket = FileCalls.owned(Checked.call(
                        "socket",
                        "AF_NETLINK, " + family,
                        () -> Libc.socket(
                                NetlinkHeader.AF_NETLINK,
                                NetlinkHeader.SOCK_RAW | SocketHeader.SOCK_CLOEXEC,
                                protocol)));
                Scratch scratch = new Scratch()) {
            Pointer buffer = scratch.bytes(LARGEST_DATAGRAM);
            buffer.write(0, request, 0, request.length);
            Checked.call("send", family, () -> Libc.send(socket.number(), buffer, request.length, 0));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            boolean more = true;
            while (more) {
                int count = (int)
                        Checked.call("recv", family, () -> Libc.recv(socket.number(), buffer, LARGEST_DATAGRAM, 0));
                byte[] datagram = new byte[count];
                buffer.read(0, datagram, 0, count);
                answer.writeBytes(datagram);
                more = continues(buffer, count, family);
            }
            return answer.toByteArray();
        }
    }

    /** Whether another datagram follows: each message of an answer in parts says so, but for the last. */
    private static boolean continues(Pointer datagram, int count, NetlinkFamily family) {
        boolean more = false;
        for (int at = 0; at + MessageHeader.SIZE <= count; ) {
            int length = datagram.getInt(at + MessageHeader.LENGTH);
            if (length < MessageHeader.SIZE) {
                throw Checked.failure("recv", Errno.EINVAL.number(), family);
            }
            boolean inParts = (datagram.getShort(at + MessageHeader.FLAGS) & NetlinkHeader.NLM_F_MULTI) != 0;
            more = inParts && datagram.getShort(at + MessageHeader.TYPE) != NetlinkHeader.NLMSG_DONE;
            at += (length + 3) & ~3;
        }
        return more;
    }
}
