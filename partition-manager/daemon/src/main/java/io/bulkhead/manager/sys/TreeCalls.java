package io.bulkhead.manager.sys;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The system calls by which the host's root goes through a tree that somebody else may change at the same time: every step
 * is one name below a directory that is held open, and no step can leave the tree.
 *
 * <p>Names are raw bytes, one char for each (ISO 8859-1), so that what a partition calls its files never depends on a
 * locale. Every method fails with {@link ErrnoException}; EINTR is retried inside. Safe for any thread.
 */
public interface TreeCalls {
    /** open(2) of a place that only root can change: the root of a tree, never something in it. */
    Fd openRoot(Path directory);

    /**
     * openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS and RESOLVE_NO_XDEV. A link at the very
     * end can be opened by {@link OpenFlag#PATH} and {@link OpenFlag#NO_FOLLOW}; everything else that leads away fails.
     *
     * @param name one name, or {@code .}
     */
    Fd openBeneath(Fd directory, String name, Set<OpenFlag> flags);

    /** Opens the very file that a descriptor of {@link OpenFlag#PATH} stands for, for reading, without ever waiting. */
    Fd reopen(Fd path);

    /** statx(2) of what is open. */
    FileStatus status(Fd fd);

    /** One getdents64(2): some more names, without {@code .} and {@code ..}; empty at the end. */
    List<String> moreNames(Fd directory);

    /** readlinkat(2) of a link that is open by {@link OpenFlag#PATH}. */
    String readLink(Fd link);

    /** flistxattr(2), fgetxattr(2): everything that is attached to an open file or directory, by name. */
    Map<String, byte[]> extendedAttributes(Fd fd);

    /** read(2); -1 at the end. */
    int read(Fd fd, byte[] into, int offset, int length);

    /** renameat2(2) with RENAME_EXCHANGE: two names get each other's file, in one step. */
    void exchange(Fd directory, String name, Fd otherDirectory, String otherName);
}
