package io.bulkhead.manager.rebase;

/**
 * One path of a tree, as far as two of them are compared.
 *
 * @param kind what it is
 * @param mode permission bits and special bits
 * @param uid owner
 * @param gid group
 * @param data SHA-256 of a file's content, or {@code size N} where it can be none of those it is compared with; the text of
 *     a link; empty for everything else
 * @param attributes SHA-256 of its extended attributes, empty if it has none
 */
public record Entry(Kind kind, int mode, long uid, long gid, String data, String attributes) {
    /** What an inode is. */
    public enum Kind {
        DIRECTORY,
        FILE,
        LINK,
        /** A device, socket or fifo, or a file system that somebody mounted. */
        SPECIAL
    }

    boolean isDirectory() {
        return kind == Kind.DIRECTORY;
    }

    /** A link has a mode that means nothing. */
    int comparableMode() {
        return kind == Kind.LINK ? 0777 : mode;
    }
}
