package io.bulkhead.manager.sys.jna;

import com.sun.jna.Pointer;
import io.bulkhead.manager.sys.Architecture;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Ready;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Readiness: epoll(7), poll(2). */
final class PollCalls {
    /** The most notices that one wait hands out; the others come with the next. */
    private static final int NOTICES = 64;

    /**
     * epoll_ctl(2); packed on x86-64 only.
     *
     * <pre>{@code
     * struct epoll_event { uint32_t events; epoll_data_t data; } __EPOLL_PACKED;
     * }</pre>
     */
    static final class EpollEvent {
        static final int SIZE = Architecture.pick(12, 16);
        static final int EVENTS = 0;
        static final int DATA = Architecture.pick(4, 8);

        private EpollEvent() {}
    }

    /**
     * poll(2).
     *
     * <pre>{@code
     * struct pollfd { int fd; short events; short revents; };
     * }</pre>
     */
    static final class PollFd {
        static final int SIZE = 8;
        static final int FD = 0;
        static final int EVENTS = 4;
        static final int RETURNED_EVENTS = 6;

        private PollFd() {}
    }

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        static native int epoll_create1(int flags);

        static native int epoll_ctl(int poll, int operation, int fd, @Nullable Pointer event);

        static native int epoll_wait(int poll, Pointer events, int count, int timeoutMillis);

        static native int poll(Pointer descriptors, long count, int timeoutMillis);
    }

    private PollCalls() {}

    static Fd createPoll() {
        return FileCalls.owned(Checked.call("epoll_create1", "", () -> Libc.epoll_create1(PollHeader.EPOLL_CLOEXEC)));
    }

    static void add(Fd poll, Fd fd, long token, boolean readable, boolean writable) {
        control(poll, "EPOLL_CTL_ADD", PollHeader.EPOLL_CTL_ADD, fd, token, bits(readable, writable));
    }

    static void addForChanges(Fd poll, Fd fd, long token) {
        control(poll, "EPOLL_CTL_ADD", PollHeader.EPOLL_CTL_ADD, fd, token, PollHeader.EPOLLPRI);
    }

    static void change(Fd poll, Fd fd, long token, boolean readable, boolean writable) {
        control(poll, "EPOLL_CTL_MOD", PollHeader.EPOLL_CTL_MOD, fd, token, bits(readable, writable));
    }

    private static int bits(boolean readable, boolean writable) {
        return (readable ? PollHeader.EPOLLIN : 0) | (writable ? PollHeader.EPOLLOUT : 0);
    }

    private static void control(Fd poll, String name, int operation, Fd fd, long token, int bits) {
        try (Scratch scratch = new Scratch()) {
            Pointer event = scratch.zeroed(EpollEvent.SIZE);
            event.setInt(EpollEvent.EVENTS, bits);
            event.setLong(EpollEvent.DATA, token);
            Checked.call(
                    "epoll_ctl",
                    poll + ", " + name + ", " + fd,
                    () -> Libc.epoll_ctl(poll.number(), operation, fd.number(), event));
        }
    }

    static void remove(Fd poll, Fd fd) {
        Checked.call(
                "epoll_ctl",
                poll + ", EPOLL_CTL_DEL, " + fd,
                () -> Libc.epoll_ctl(poll.number(), PollHeader.EPOLL_CTL_DEL, fd.number(), null));
    }

    static List<Ready> await(Fd poll, int timeoutMillis) {
        Deadline deadline = new Deadline(timeoutMillis);
        try (Scratch scratch = new Scratch()) {
            Pointer events = scratch.bytes((long) NOTICES * EpollEvent.SIZE);
            int count = (int) Checked.call(
                    "epoll_wait",
                    poll,
                    () -> Libc.epoll_wait(poll.number(), events, NOTICES, deadline.remainingMillis()));
            List<Ready> ready = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                long at = (long) i * EpollEvent.SIZE;
                int bits = events.getInt(at + EpollEvent.EVENTS);
                ready.add(new Ready(
                        events.getLong(at + EpollEvent.DATA),
                        (bits & PollHeader.EPOLLIN) != 0,
                        (bits & PollHeader.EPOLLOUT) != 0,
                        (bits & (PollHeader.EPOLLHUP | PollHeader.EPOLLERR)) != 0,
                        (bits & PollHeader.EPOLLPRI) != 0));
            }
            return List.copyOf(ready);
        }
    }

    /**
     * Whether an event stands on a descriptor, or comes within a time. A hang-up comes unasked, so it ends the wait for
     * anything else too.
     */
    static boolean happensWithin(Fd fd, short event, int timeoutMillis) {
        Deadline deadline = new Deadline(timeoutMillis);
        try (Scratch scratch = new Scratch()) {
            Pointer descriptor = scratch.zeroed(PollFd.SIZE);
            descriptor.setInt(PollFd.FD, fd.number());
            // Asking for a hang-up is asking for nothing; with POLLIN the wait would end at once on a zombie.
            descriptor.setShort(PollFd.EVENTS, event == PollHeader.POLLHUP ? 0 : event);
            Checked.call("poll", fd, () -> Libc.poll(descriptor, 1, deadline.remainingMillis()));
            return (descriptor.getShort(PollFd.RETURNED_EVENTS) & event) != 0;
        }
    }

    /** The end of a wait, which an interrupted and repeated call must not put off. */
    private static final class Deadline {
        private final boolean endless;
        private final long end;

        Deadline(int timeoutMillis) {
            endless = timeoutMillis < 0;
            end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.max(timeoutMillis, 0));
        }

        int remainingMillis() {
            if (endless) {
                return -1;
            }
            long nanos = end - System.nanoTime();
            // Rounded up: a wait must not end before its time, and must not spin through its last millisecond.
            return nanos <= 0 ? 0 : (int) ((nanos + 999_999) / 1_000_000);
        }
    }
}
