package io.bulkhead.manager.sys;

/**
 * What statx(2) says of an open file.
 *
 * @param device number of its file system, as makedev(3) puts it together
 * @param inode number
 * @param mode type and permission bits, whole {@code st_mode}
 * @param uid owner
 * @param gid group
 * @param sizeBytes length
 */
public record FileStatus(long device, long inode, int mode, long uid, long gid, long sizeBytes) {
    private static final int FORMAT = 0170000;

    public boolean isDirectory() {
        return (mode & FORMAT) == 0040000;
    }

    public boolean isRegular() {
        return (mode & FORMAT) == 0100000;
    }

    public boolean isLink() {
        return (mode & FORMAT) == 0120000;
    }

    /** Permission bits and special bits. */
    public int permissions() {
        return mode & 07777;
    }
}
