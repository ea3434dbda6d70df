package io.bulkhead.manager.sys.jna;

import com.sun.jna.Pointer;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import java.nio.file.Path;

/** The directory tree: mkdir(2), mknod(2), symlink(2), lchown(2), chmod(2), access(2), statx(2), chdir(2). */
final class FileSystemCalls {
    /** sys/stat.h, S_IFBLK. */
    static final int S_IFBLK = 0060000;

    /**
     * statx(2), linux/stat.h; the same on every architecture.
     *
     * <pre>{@code
     * struct statx { __u32 stx_mask; … __u64 stx_blocks; … };
     * }</pre>
     */
    static final class StatX {
        static final int SIZE = 256;
        static final int BLOCKS = 48;

        /** What st_blocks counts, whatever the file system's own blocks are; stat(3type). */
        private static final long UNIT = 512;

        private StatX() {}
    }

    /** sys/stat.h, S_IFCHR. */
    static final int S_IFCHR = 0020000;

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        static native int mkdir(long path, int mode);

        static native int mknod(long path, int mode, long device);

        static native int mkdirat(int directory, long name, int mode);

        static native int statx(int directory, long path, int flags, int mask, Pointer into);

        static native int symlink(long target, long link);

        static native int lchown(long path, int uid, int gid);

        static native int chmod(long path, int mode);

        static native int faccessat(int directory, long path, int mode, int flags);

        static native int chdir(long path);
    }

    private FileSystemCalls() {}

    static void makeDirectory(Path path, int mode) {
        onPath("mkdir", path, text -> Libc.mkdir(text, mode));
    }

    static void makeCharacterDevice(Path path, int mode, int major, int minor) {
        long device = deviceNumber(major, minor);
        onPath("mknod", path, text -> Libc.mknod(text, S_IFCHR | mode, device));
    }

    static void makeBlockDevice(Path path, int mode, int major, int minor) {
        long device = deviceNumber(major, minor);
        onPath("mknod", path, text -> Libc.mknod(text, S_IFBLK | mode, device));
    }

    static void makeDirectoryAt(Fd directory, String name, int mode) {
        try (CStrings texts = new CStrings(name)) {
            Checked.call(
                    "mkdirat",
                    () -> directory + ", \"" + name + "\"",
                    () -> Libc.mkdirat(directory.number(), texts.at(0), mode));
        }
    }

    static long allocatedBytes(Path file) {
        try (Scratch scratch = new Scratch()) {
            Pointer into = scratch.zeroed(StatX.SIZE);
            onPath(
                    "statx",
                    file,
                    text -> Libc.statx(
                            FcntlHeader.AT_FDCWD,
                            text,
                            FcntlHeader.AT_SYMLINK_NOFOLLOW,
                            FcntlHeader.STATX_BLOCKS,
                            into));
            return Math.multiplyExact(into.getLong(StatX.BLOCKS), StatX.UNIT);
        }
    }

    /** gnu_dev_makedev(3): the older eight bits of each in the middle, the newer ones around them. */
    static long deviceNumber(int major, int minor) {
        long high = Integer.toUnsignedLong(major);
        long low = Integer.toUnsignedLong(minor);
        return (high & 0xfff) << 8 | (high & 0xffff_f000L) << 32 | low & 0xff | (low & 0xffff_ff00L) << 12;
    }

    static void makeSymbolicLink(Path link, String target) {
        try (CStrings texts = new CStrings(target, link.toString())) {
            Checked.call("symlink", link, () -> Libc.symlink(texts.at(0), texts.at(1)));
        }
    }

    static void changeOwner(Path path, long uid, long gid) {
        int user = id(uid);
        int group = id(gid);
        onPath("lchown", path, text -> Libc.lchown(text, user, group));
    }

    private static int id(long id) {
        // The largest number is "leave as it is" for the kernel, nobody's id.
        if (id < 0 || id >= 0xffff_ffffL) {
            throw new IllegalArgumentException("not a user or group id: " + id);
        }
        return (int) id;
    }

    static void changeMode(Path path, int mode) {
        onPath("chmod", path, text -> Libc.chmod(text, mode));
    }

    static boolean exists(Path path) {
        try {
            onPath(
                    "faccessat",
                    path,
                    text -> Libc.faccessat(FcntlHeader.AT_FDCWD, text, 0, FcntlHeader.AT_SYMLINK_NOFOLLOW));
            return true;
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return false;
            }
            throw e;
        }
    }

    static void changeDirectory(Path path) {
        onPath("chdir", path, Libc::chdir);
    }

    /** A call that takes the address of a path. */
    private interface PathCall {
        long on(long text);
    }

    private static void onPath(String name, Path path, PathCall call) {
        try (CStrings texts = new CStrings(path.toString())) {
            Checked.call(name, path, () -> call.on(texts.at(0)));
        }
    }
}
