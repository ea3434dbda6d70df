package io.bulkhead.manager.mount;

import io.bulkhead.manager.sys.MountAttribute;
import io.bulkhead.manager.sys.MountFlag;
import java.nio.file.Path;
import java.util.Set;

/**
 * One step towards a partition's file system. Targets are absolute paths as the partition sees them; all that is made
 * belongs to the partition's root.
 */
public sealed interface MountStep {
    /** A directory that is not there yet. */
    record Directory(String target, int mode) implements MountStep {}

    /** A symbolic link. */
    record Symlink(String target, String pointsTo) implements MountStep {}

    /** A small file. */
    record TextFile(String target, String content, int mode) implements MountStep {}

    /** A character device node, readable and writable by everybody. */
    record DeviceNode(String target, int major, int minor) implements MountStep {}

    /** A block device node, readable and writable by the partition's root and its group disk. */
    record BlockNode(String target, int major, int minor) implements MountStep {}

    /** A new mount of a file system; mount(2). */
    record FileSystem(String target, String type, Set<MountFlag> flags, String options) implements MountStep {
        public FileSystem {
            flags = Set.copyOf(flags);
        }
    }

    /**
     * A directory of the host, shown with the partition's ids in place of the host's; mount_setattr(2),
     * MOUNT_ATTR_IDMAP. Mounts below it are not shown.
     */
    record IdmappedBind(Path source, String target, Set<MountAttribute> attributes) implements MountStep {
        public IdmappedBind {
            attributes = Set.copyOf(attributes);
        }
    }

    /** The like, where the partition may have removed or replaced the target: left out when it is no directory. */
    record IdmappedBindIfPresent(IdmappedBind bind) implements MountStep {}

    /** The console's slave, handed to the partition's root and its group tty, as {@code /dev/console}. */
    record Console(Path slave) implements MountStep {}

    /** proc of the partition's pid namespace; needs a process inside it, since a thread cannot change its own. */
    record Proc() implements MountStep {}

    /** Nothing to be seen in a file any more: {@code /dev/null} over it. */
    record MaskFile(String target) implements MountStep {}

    /** Nothing to be seen in a directory any more: an empty read-only tmpfs over it. */
    record MaskDirectory(String target) implements MountStep {}

    /** A path becomes a read-only mount of its own. */
    record LockReadOnly(String target) implements MountStep {}

    /** A mount becomes read-only, its file system stays as it is. */
    record RemountReadOnly(String target) implements MountStep {}
}
