package io.bulkhead.manager.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * What lstat(2) says about a path: the numeric ids and special bits that {@code PosixFileAttributes} hides.
 *
 * @param device number of the file system
 * @param number inode number
 * @param mode whole {@code st_mode}
 * @param uid owner
 * @param gid group
 * @param sizeBytes length
 */
record Inode(long device, long number, int mode, int uid, int gid, long sizeBytes) {

    private static final int FORMAT = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int REGULAR = 0100000;
    private static final int SYMLINK = 0120000;

    /** Reads one inode without following a link. */
    static Inode of(Path path) throws IOException {
        Map<String, Object> stat =
                Files.readAttributes(path, "unix:dev,ino,mode,uid,gid,size", LinkOption.NOFOLLOW_LINKS);
        return new Inode(
                number(stat, "dev").longValue(),
                number(stat, "ino").longValue(),
                number(stat, "mode").intValue(),
                number(stat, "uid").intValue(),
                number(stat, "gid").intValue(),
                number(stat, "size").longValue());
    }

    private static Number number(Map<String, Object> stat, String name) {
        return (Number) Objects.requireNonNull(stat.get(name), name);
    }

    HostEntry.Type type() {
        return switch (mode & FORMAT) {
            case DIRECTORY -> HostEntry.Type.DIRECTORY;
            case REGULAR -> HostEntry.Type.FILE;
            case SYMLINK -> HostEntry.Type.LINK;
            default -> HostEntry.Type.SPECIAL;
        };
    }

    int permissions() {
        return mode & 07777;
    }

    /** Whether a file key of the JDK ({@code (dev=…,ino=…)}) names this inode. */
    boolean is(Object fileKey) {
        return fileKey.toString().equals("(dev=" + Long.toHexString(device) + ",ino=" + number + ")");
    }
}
