package io.bulkhead.manager.sys.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Pipe;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/** Descriptors: open(2), pipe(2), socketpair(2), openat2(2), read(2), pread(2), write(2), fallocate(2), fcntl(2),
 * eventfd(2), close(2). */
final class FileCalls {
    /** More is never moved by one call, so that the copy's memory stays small. */
    private static final int LARGEST_TRANSFER = 256 * 1024;

    private static final int CREATED_MODE = 0600;

    private static final Map<OpenFlag, Integer> OPEN_FLAGS = new EnumMap<>(Map.of(
            OpenFlag.WRITE_ONLY, FcntlHeader.O_WRONLY,
            OpenFlag.READ_WRITE, FcntlHeader.O_RDWR,
            OpenFlag.NON_BLOCKING, FcntlHeader.O_NONBLOCK,
            OpenFlag.NO_CONTROLLING_TTY, FcntlHeader.O_NOCTTY,
            OpenFlag.DIRECTORY, FcntlHeader.O_DIRECTORY,
            OpenFlag.NO_FOLLOW, FcntlHeader.O_NOFOLLOW,
            OpenFlag.PATH, FcntlHeader.O_PATH,
            OpenFlag.CREATE, FcntlHeader.O_CREAT,
            OpenFlag.TRUNCATE, FcntlHeader.O_TRUNC,
            OpenFlag.EXCLUSIVE, FcntlHeader.O_EXCL));

    /** linux/openat2.h: {@code struct open_how { __u64 flags, mode, resolve; }}. */
    static final class OpenHow {
        static final int SIZE = 24;
        static final int FLAGS = 0;
        static final int MODE = 8;
        static final int RESOLVE = 16;

        private OpenHow() {}
    }

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        static native int openat(int directory, long path, int flags, int mode);

        /** SYS_openat2. */
        static native long syscall(long number, int directory, long path, Pointer how, long size);

        static native int fallocate(int fd, int mode, long offset, long length);

        static native int pipe2(Pointer ends, int flags);

        static native int socketpair(int domain, int type, int protocol, Pointer ends);

        static native long read(int fd, Pointer into, long count);

        static native long pread(int fd, Pointer into, long count, long position);

        static native long write(int fd, Pointer from, long count);

        static native int fcntl(int fd, int command, int argument);

        static native int eventfd(int start, int flags);

        static native int close(int fd);
    }

    private FileCalls() {}

    static Fd open(Path path, Set<OpenFlag> flags) {
        try (CStrings texts = new CStrings(path.toString())) {
            return owned(Checked.call(
                    "open", path, () -> Libc.openat(FcntlHeader.AT_FDCWD, texts.at(0), bits(flags), CREATED_MODE)));
        }
    }

    static Fd openAt(Fd directory, String relativePath, Set<OpenFlag> flags) {
        try (CStrings texts = new CStrings(relativePath)) {
            return owned(Checked.call(
                    "openat",
                    directory + ", \"" + relativePath + "\"",
                    () -> Libc.openat(directory.number(), texts.at(0), bits(flags), CREATED_MODE)));
        }
    }

    static Fd openBeneath(Fd directory, String path, Set<OpenFlag> flags) {
        try (CStrings texts = new CStrings(path)) {
            return openBeneath(directory, texts.at(0), () -> directory + ", \"" + path + "\"", flags, 0);
        }
    }

    /**
     * The same for a name that need not be text.
     *
     * @param path address of its bytes and a NUL
     * @param furtherResolve RESOLVE_ bits beside those that keep it beneath
     */
    static Fd openBeneath(Fd directory, long path, Supplier<Object> subject, Set<OpenFlag> flags, long furtherResolve) {
        try (Scratch scratch = new Scratch()) {
            Pointer how = scratch.zeroed(OpenHow.SIZE);
            how.setLong(OpenHow.FLAGS, bits(flags));
            how.setLong(OpenHow.MODE, flags.contains(OpenFlag.CREATE) ? CREATED_MODE : 0);
            how.setLong(
                    OpenHow.RESOLVE,
                    FcntlHeader.RESOLVE_BENEATH
                            | FcntlHeader.RESOLVE_NO_SYMLINKS
                            | FcntlHeader.RESOLVE_NO_MAGICLINKS
                            | furtherResolve);
            return owned(Checked.call(
                    "openat2",
                    subject,
                    () -> Libc.syscall(SyscallHeader.SYS_openat2, directory.number(), path, how, OpenHow.SIZE)));
        }
    }

    static void allocate(Fd file, long bytes) {
        Checked.call("fallocate", file + ", " + bytes, () -> Libc.fallocate(file.number(), 0, 0, bytes));
    }

    static int bits(Set<OpenFlag> flags) {
        int bits = FcntlHeader.O_CLOEXEC;
        for (OpenFlag flag : flags) {
            bits |= Objects.requireNonNull(OPEN_FLAGS.get(flag));
        }
        return bits;
    }

    static Pipe pipe() {
        try (Scratch scratch = new Scratch()) {
            Pointer ends = scratch.zeroed(2L * Integer.BYTES);
            Checked.call("pipe2", "", () -> Libc.pipe2(ends, FcntlHeader.O_CLOEXEC));
            return new Pipe(owned(ends.getInt(0)), owned(ends.getInt(Integer.BYTES)));
        }
    }

    static Pipe socketPair() {
        try (Scratch scratch = new Scratch()) {
            Pointer ends = scratch.zeroed(2L * Integer.BYTES);
            Checked.call(
                    "socketpair",
                    "AF_UNIX",
                    () -> Libc.socketpair(
                            SocketHeader.AF_UNIX, SocketHeader.SOCK_STREAM | SocketHeader.SOCK_CLOEXEC, 0, ends));
            return new Pipe(owned(ends.getInt(0)), owned(ends.getInt(Integer.BYTES)));
        }
    }

    static int read(Fd fd, byte[] into, int offset, int length) {
        return read("read", fd, into, offset, length, (buffer, count) -> Libc.read(fd.number(), buffer, count));
    }

    /** Straight into the buffer's memory. */
    static int read(Fd fd, ByteBuffer into) {
        Pointer memory = Native.getDirectBufferPointer(into).share(into.position());
        int count = (int) Checked.call("read", fd, () -> Libc.read(fd.number(), memory, into.remaining()));
        return count == 0 && into.hasRemaining() ? -1 : count;
    }

    static int readAt(Fd fd, long position, byte[] into, int offset, int length) {
        return read(
                "pread", fd, into, offset, length, (buffer, count) -> Libc.pread(fd.number(), buffer, count, position));
    }

    /** A call that fills a buffer. */
    private interface Reading {
        long into(Pointer buffer, long count);
    }

    private static int read(String call, Fd fd, byte[] into, int offset, int length, Reading reading) {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        int wanted = Math.min(length, LARGEST_TRANSFER);
        try (Scratch scratch = new Scratch()) {
            Pointer buffer = scratch.bytes(wanted);
            int count = (int) Checked.call(call, fd, () -> reading.into(buffer, wanted));
            if (count == 0) {
                return -1;
            }
            buffer.read(0, into, offset, count);
            return count;
        }
    }

    static int write(Fd fd, byte[] from, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, from.length);
        int count = Math.min(length, LARGEST_TRANSFER);
        try (Scratch scratch = new Scratch()) {
            Pointer buffer = scratch.bytes(Math.max(count, 1));
            buffer.write(0, from, offset, count);
            return (int) Checked.call("write", fd, () -> Libc.write(fd.number(), buffer, count));
        }
    }

    static Fd duplicate(Fd fd) {
        return duplicateFrom(fd, 0);
    }

    /** A duplicate whose number is not below {@code lowest}. */
    static Fd duplicateFrom(Fd fd, int lowest) {
        return owned(Checked.call(
                "fcntl", fd + ", F_DUPFD_CLOEXEC", () -> Libc.fcntl(fd.number(), FcntlHeader.F_DUPFD_CLOEXEC, lowest)));
    }

    static void setNonBlocking(Fd fd, boolean nonBlocking) {
        int before =
                (int) Checked.call("fcntl", fd + ", F_GETFL", () -> Libc.fcntl(fd.number(), FcntlHeader.F_GETFL, 0));
        int after = nonBlocking ? before | FcntlHeader.O_NONBLOCK : before & ~FcntlHeader.O_NONBLOCK;
        Checked.call("fcntl", fd + ", F_SETFL", () -> Libc.fcntl(fd.number(), FcntlHeader.F_SETFL, after));
    }

    static Fd createWakeUp() {
        return owned(
                Checked.call("eventfd", "", () -> Libc.eventfd(0, PollHeader.EFD_CLOEXEC | PollHeader.EFD_NONBLOCK)));
    }

    /** Takes ownership of a descriptor that a call has answered. */
    static Fd owned(long number) {
        return new Fd(Math.toIntExact(number), FileCalls::close);
    }

    /**
     * Closes once. The descriptor is gone whatever close(2) answers, so nothing is retried; an error of an earlier write
     * (EIO, ENOSPC) that it may report has no reader here.
     */
    private static void close(int number) {
        int answer = Libc.close(number);
        if (answer == -1) {
            int errno = Native.getLastError();
            if (errno == Errno.EBADF.number()) {
                // Somebody has closed a number that was not his: the next one hit may be another partition's.
                throw Checked.failure("close", errno, "fd " + number);
            }
        }
    }
}
