package io.bulkhead.manager.cgroup;

import java.nio.file.Path;
import java.util.List;

/**
 * The file operations that control groups are worked with. Each change is one system call on one file or directory;
 * every failure is a {@link CgroupException} with the path, the data and the kernel's words. Any thread.
 */
public interface CgroupFiles {
    /** The name of the nested group that holds a partition's processes. */
    String NESTED = "in";

    /** The whole text of a file. */
    String read(Path file);

    /** Writes a text to an existing file by one write(2). */
    void write(Path file, String text);

    /**
     * Writes a setting whose way back is known; an implementation may keep it to undo the write.
     *
     * @param before the text that brings back what the file says now
     */
    default void replace(Path file, String text, String before) {
        write(file, text);
    }

    /** Makes a group. */
    void makeGroup(Path group);

    /** Removes a group that has neither tasks nor groups inside; the kernel's own files go with it. */
    void removeGroup(Path group);

    /**
     * Removes a group with all groups inside that have no tasks, however deep they lie: the paths of those that a partition
     * makes inside each other may be longer than the kernel takes any (PATH_MAX).
     */
    default void removeDeep(Path group) {
        groupsIn(group).forEach(this::removeDeep);
        removeGroup(group);
    }

    boolean exists(Path path);

    /** The groups directly inside one, by name; empty where the group is not there. */
    List<Path> groupsIn(Path group);

    /** Gives a file or group to a user and group of the host. */
    void chown(Path path, long uid, long gid);
}
