package io.bulkhead.manager.sys.jna;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.jna.Pointer;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.FileStatus;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.TreeCalls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The real kernel's trees, through JNA. Needs openat2(2), which is in Linux since 5.6. Stateless; any thread. */
public final class JnaTreeCalls implements TreeCalls {
    private static final int NAMES_BYTES = 32 * 1024;
    private static final int LINK_BYTES = 4096;

    /** linux/limits.h, XATTR_LIST_MAX and XATTR_SIZE_MAX. */
    private static final int ATTRIBUTES_BYTES = 64 * 1024;

    /** struct linux_dirent64, getdents64(2). */
    private static final class DirectoryEntry {
        static final int LENGTH = 16;
        static final int NAME = 19;

        private DirectoryEntry() {}
    }

    /** struct statx, statx(2). */
    static final class Statx {
        static final int UID = 20;
        static final int GID = 24;
        static final int MODE = 28;
        static final int INODE = 32;
        static final int SIZE_BYTES = 40;
        static final int DEV_MAJOR = 136;
        static final int DEV_MINOR = 140;
        static final int SIZE = 256;

        private Statx() {}
    }

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        /** SYS_getdents64. */
        static native long syscall(long number, int directory, Pointer into, long bytes);

        static native int statx(int directory, Pointer path, int flags, int mask, Pointer into);

        static native long readlinkat(int directory, Pointer path, Pointer into, long bytes);

        static native int renameat2(int from, Pointer name, int to, Pointer otherName, int flags);

        static native long flistxattr(int fd, Pointer into, long bytes);

        static native long fgetxattr(int fd, Pointer name, Pointer into, long bytes);
    }

    @Override
    public Fd openRoot(Path directory) {
        return FileCalls.open(directory, EnumSet.of(OpenFlag.DIRECTORY));
    }

    @Override
    public Fd openBeneath(Fd directory, String name, Set<OpenFlag> flags) {
        try (Scratch scratch = new Scratch()) {
            return FileCalls.openBeneath(
                    directory,
                    Pointer.nativeValue(raw(scratch, name)),
                    () -> directory + ", \"" + name + "\"",
                    flags,
                    FcntlHeader.RESOLVE_NO_XDEV);
        }
    }

    @Override
    public Fd reopen(Fd path) {
        return FileCalls.open(
                Path.of("/proc/self/fd/" + path.number()),
                EnumSet.of(OpenFlag.NON_BLOCKING, OpenFlag.NO_CONTROLLING_TTY));
    }

    @Override
    public FileStatus status(Fd fd) {
        try (Scratch scratch = new Scratch()) {
            Pointer status = scratch.zeroed(Statx.SIZE);
            Pointer itself = raw(scratch, "");
            Checked.call(
                    "statx",
                    fd,
                    () -> Libc.statx(
                            fd.number(),
                            itself,
                            FcntlHeader.AT_EMPTY_PATH | FcntlHeader.AT_SYMLINK_NOFOLLOW,
                            TreeHeader.STATX_BASIC_STATS,
                            status));
            return new FileStatus(
                    FileSystemCalls.deviceNumber(status.getInt(Statx.DEV_MAJOR), status.getInt(Statx.DEV_MINOR)),
                    status.getLong(Statx.INODE),
                    Short.toUnsignedInt(status.getShort(Statx.MODE)),
                    Integer.toUnsignedLong(status.getInt(Statx.UID)),
                    Integer.toUnsignedLong(status.getInt(Statx.GID)),
                    status.getLong(Statx.SIZE_BYTES));
        }
    }

    @Override
    public List<String> moreNames(Fd directory) {
        try (Scratch scratch = new Scratch()) {
            Pointer entries = scratch.bytes(NAMES_BYTES);
            List<String> names = new ArrayList<>();
            while (names.isEmpty()) {
                long bytes = Checked.call(
                        "getdents64",
                        directory,
                        () -> Libc.syscall(TreeHeader.SYS_getdents64, directory.number(), entries, NAMES_BYTES));
                if (bytes == 0) {
                    break;
                }
                for (long at = 0; at < bytes; at += Short.toUnsignedInt(entries.getShort(at + DirectoryEntry.LENGTH))) {
                    String name = entries.getString(at + DirectoryEntry.NAME, ISO_8859_1.name());
                    if (!name.equals(".") && !name.equals("..")) {
                        names.add(name);
                    }
                }
            }
            return names;
        }
    }

    @Override
    public String readLink(Fd link) {
        try (Scratch scratch = new Scratch()) {
            Pointer text = scratch.bytes(LINK_BYTES);
            Pointer itself = raw(scratch, "");
            int bytes = (int)
                    Checked.call("readlinkat", link, () -> Libc.readlinkat(link.number(), itself, text, LINK_BYTES));
            return new String(text.getByteArray(0, bytes), ISO_8859_1);
        }
    }

    @Override
    public Map<String, byte[]> extendedAttributes(Fd fd) {
        Map<String, byte[]> attributes = new TreeMap<>();
        try (Scratch scratch = new Scratch()) {
            Pointer buffer = scratch.bytes(ATTRIBUTES_BYTES);
            int bytes =
                    (int) Checked.call("flistxattr", fd, () -> Libc.flistxattr(fd.number(), buffer, ATTRIBUTES_BYTES));
            String names = new String(buffer.getByteArray(0, bytes), ISO_8859_1);
            for (String name : names.split("\0")) {
                if (!name.isEmpty()) {
                    Pointer text = raw(scratch, name);
                    int size = (int) Checked.call(
                            "fgetxattr",
                            fd + ", " + name,
                            () -> Libc.fgetxattr(fd.number(), text, buffer, ATTRIBUTES_BYTES));
                    attributes.put(name, buffer.getByteArray(0, size));
                }
            }
        } catch (ErrnoException e) {
            // A file system without them.
            if (!e.is(Errno.EOPNOTSUPP)) {
                throw e;
            }
        }
        return attributes;
    }

    @Override
    public int read(Fd fd, byte[] into, int offset, int length) {
        return FileCalls.read(fd, into, offset, length);
    }

    @Override
    public void exchange(Fd directory, String name, Fd otherDirectory, String otherName) {
        try (Scratch scratch = new Scratch()) {
            Pointer one = raw(scratch, name);
            Pointer other = raw(scratch, otherName);
            Checked.call(
                    "renameat2",
                    () -> directory + ", \"" + name + "\", " + otherDirectory + ", \"" + otherName + "\"",
                    () -> Libc.renameat2(
                            directory.number(), one, otherDirectory.number(), other, TreeHeader.RENAME_EXCHANGE));
        }
    }

    /** A C string of the very bytes. */
    private static Pointer raw(Scratch scratch, String name) {
        byte[] bytes = Checked.text(name).getBytes(ISO_8859_1);
        Pointer block = scratch.zeroed(bytes.length + 1L);
        block.write(0, bytes, 0, bytes.length);
        return block;
    }
}
