package io.bulkhead.manager.generation;

/**
 * One thing found below the host's {@code /etc} or {@code /var}, as the rules see it: its place and its inode, not its
 * content.
 *
 * @param path relative to the root, without a leading slash: {@code etc/ssh/sshd_config}
 * @param type what it is; a link is never followed
 * @param mode permission bits and special bits, {@code 07777}
 * @param uid owner on the host
 * @param gid group on the host
 * @param linkTarget text of a symbolic link, empty for everything else
 */
record HostEntry(String path, Type type, int mode, int uid, int gid, String linkTarget) {

    /** What an inode is. */
    enum Type {
        DIRECTORY,
        FILE,
        LINK,
        /** A device node, socket or fifo. */
        SPECIAL
    }

    static HostEntry directory(String path, int mode) {
        return new HostEntry(path, Type.DIRECTORY, mode, 0, 0, "");
    }

    static HostEntry file(String path, int mode) {
        return new HostEntry(path, Type.FILE, mode, 0, 0, "");
    }

    static HostEntry link(String path, String target) {
        return new HostEntry(path, Type.LINK, 0777, 0, 0, target);
    }

    boolean isDirectory() {
        return type == Type.DIRECTORY;
    }

    /** Last part of the path. */
    String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Whether everybody on the host may read it: {@code o+r} for a file, {@code o+rx} for a directory, any link. */
    boolean isReadableByAll() {
        return switch (type) {
            case DIRECTORY -> (mode & 05) == 05;
            case FILE -> (mode & 04) == 04;
            case LINK -> true;
            case SPECIAL -> false;
        };
    }
}
