package io.bulkhead.manager.sys.jna;

import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import java.nio.file.Path;

/** The directory tree: mkdir(2), mknod(2), symlink(2), lchown(2), chmod(2), access(2), chdir(2). */
final class FileSystemCalls {
    /** sys/stat.h, S_IFCHR. */
    static final int S_IFCHR = 0020000;

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        static native int mkdir(String path, int mode);

        static native int mknod(String path, int mode, long device);

        static native int symlink(String target, String link);

        static native int lchown(String path, int uid, int gid);

        static native int chmod(String path, int mode);

        static native int faccessat(int directory, String path, int mode, int flags);

        static native int chdir(String path);
    }

    private FileSystemCalls() {}

    static void makeDirectory(Path path, int mode) {
        Checked.call("mkdir", path, () -> Libc.mkdir(path.toString(), mode));
    }

    static void makeCharacterDevice(Path path, int mode, int major, int minor) {
        long device = deviceNumber(major, minor);
        Checked.call("mknod", path, () -> Libc.mknod(path.toString(), S_IFCHR | mode, device));
    }

    /** gnu_dev_makedev(3): the older eight bits of each in the middle, the newer ones around them. */
    static long deviceNumber(int major, int minor) {
        long high = Integer.toUnsignedLong(major);
        long low = Integer.toUnsignedLong(minor);
        return (high & 0xfff) << 8 | (high & 0xffff_f000L) << 32 | low & 0xff | (low & 0xffff_ff00L) << 12;
    }

    static void makeSymbolicLink(Path link, String target) {
        String text = Checked.text(target);
        Checked.call("symlink", link, () -> Libc.symlink(text, link.toString()));
    }

    static void changeOwner(Path path, long uid, long gid) {
        int user = id(uid);
        int group = id(gid);
        Checked.call("lchown", path, () -> Libc.lchown(path.toString(), user, group));
    }

    private static int id(long id) {
        // The largest number is "leave as it is" for the kernel, nobody's id.
        if (id < 0 || id >= 0xffff_ffffL) {
            throw new IllegalArgumentException("not a user or group id: " + id);
        }
        return (int) id;
    }

    static void changeMode(Path path, int mode) {
        Checked.call("chmod", path, () -> Libc.chmod(path.toString(), mode));
    }

    static boolean exists(Path path) {
        try {
            Checked.call(
                    "faccessat",
                    path,
                    () -> Libc.faccessat(FcntlHeader.AT_FDCWD, path.toString(), 0, FcntlHeader.AT_SYMLINK_NOFOLLOW));
            return true;
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return false;
            }
            throw e;
        }
    }

    static void changeDirectory(Path path) {
        Checked.call("chdir", path, () -> Libc.chdir(path.toString()));
    }
}
