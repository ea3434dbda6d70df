package io.bulkhead.manager.sys.jna;

import com.sun.jna.Pointer;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.MountAttribute;
import io.bulkhead.manager.sys.MountFlag;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Mounts: mount(2), umount(2), open_tree(2), mount_setattr(2), move_mount(2), pivot_root(2), fsopen(2), fsconfig(2),
 * fsmount(2).
 */
final class MountCalls {
    private static final Map<MountFlag, Long> FLAGS = new EnumMap<>(Map.of(
            MountFlag.READ_ONLY, MountHeader.MS_RDONLY,
            MountFlag.NO_SUID, MountHeader.MS_NOSUID,
            MountFlag.NO_DEV, MountHeader.MS_NODEV,
            MountFlag.NO_EXEC, MountHeader.MS_NOEXEC,
            MountFlag.BIND, MountHeader.MS_BIND,
            MountFlag.RECURSIVE, MountHeader.MS_REC,
            MountFlag.REMOUNT, MountHeader.MS_REMOUNT,
            MountFlag.PRIVATE, MountHeader.MS_PRIVATE,
            MountFlag.SLAVE, MountHeader.MS_SLAVE,
            MountFlag.NO_ATIME, MountHeader.MS_NOATIME));

    private static final Map<MountAttribute, Long> ATTRIBUTES = new EnumMap<>(Map.of(
            MountAttribute.READ_ONLY, MountHeader.MOUNT_ATTR_RDONLY,
            MountAttribute.NO_SUID, MountHeader.MOUNT_ATTR_NOSUID,
            MountAttribute.NO_DEV, MountHeader.MOUNT_ATTR_NODEV,
            MountAttribute.NO_EXEC, MountHeader.MOUNT_ATTR_NOEXEC));

    /**
     * mount_setattr(2).
     *
     * <pre>{@code
     * struct mount_attr { __u64 attr_set; __u64 attr_clr; __u64 propagation; __u64 userns_fd; };
     * }</pre>
     */
    static final class MountAttr {
        static final int SIZE = 32;
        static final int ATTR_SET = 0;
        static final int PROPAGATION = 16;
        static final int USERNS_FD = 24;

        private MountAttr() {}
    }

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        static native int mount(long source, long target, long type, long flags, long data);

        static native int umount2(long target, int flags);

        /** SYS_open_tree. */
        static native long syscall(long number, int directory, long path, int flags);

        /** SYS_mount_setattr. */
        static native long syscall(long number, int directory, long path, int flags, Pointer attributes, long size);

        /** SYS_move_mount. */
        static native long syscall(long number, int fromDirectory, long from, int toDirectory, long to, int flags);

        /** SYS_fsopen. */
        static native long syscall(long number, String type, int flags);

        /** SYS_fsconfig. */
        static native long syscall(
                long number, int context, int command, @Nullable String key, @Nullable Pointer value, int fd);

        /** SYS_fsmount. */
        static native long syscall(long number, int context, int flags, int attributes);

        /** SYS_pivot_root. */
        static native long syscall(long number, long newRoot, long putOld);
    }

    private MountCalls() {}

    static void mount(String source, Path target, String type, Set<MountFlag> flags, String data) {
        // Bind, remount and propagation ignore it, but an empty one is refused by some of them.
        String from = source.isEmpty() ? "none" : source;
        long bits = 0;
        for (MountFlag flag : flags) {
            bits |= Objects.requireNonNull(FLAGS.get(flag));
        }
        long all = bits;
        try (CStrings texts = new CStrings(from, target.toString(), orNull(type), orNull(data))) {
            Checked.call(
                    "mount",
                    () -> "\"" + from + "\", \"" + target + "\", " + (type.isEmpty() ? flags.toString() : type),
                    () -> Libc.mount(texts.at(0), texts.at(1), texts.at(2), all, texts.at(3)));
        }
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    static void unmount(Path target, boolean detach) {
        try (CStrings texts = new CStrings(target.toString())) {
            Checked.call("umount2", target, () -> Libc.umount2(texts.at(0), detach ? MountHeader.MNT_DETACH : 0));
        }
    }

    static Fd cloneTree(Path path, boolean recursive) {
        int flags = MountHeader.OPEN_TREE_CLONE
                | MountHeader.OPEN_TREE_CLOEXEC
                | (recursive ? FcntlHeader.AT_RECURSIVE : 0);
        try (CStrings texts = new CStrings(path.toString())) {
            return FileCalls.owned(Checked.call(
                    "open_tree",
                    path,
                    () -> Libc.syscall(SyscallHeader.SYS_open_tree, FcntlHeader.AT_FDCWD, texts.at(0), flags)));
        }
    }

    static void setMountAttributes(Fd tree, Set<MountAttribute> attributes, Optional<Fd> idMapping) {
        long set = idMapping.isPresent() ? MountHeader.MOUNT_ATTR_IDMAP : 0;
        for (MountAttribute attribute : attributes) {
            set |= Objects.requireNonNull(ATTRIBUTES.get(attribute));
        }
        try (Scratch scratch = new Scratch();
                CStrings itself = new CStrings("")) {
            Pointer attr = scratch.zeroed(MountAttr.SIZE);
            attr.setLong(MountAttr.ATTR_SET, set);
            attr.setLong(MountAttr.PROPAGATION, MountHeader.MS_PRIVATE);
            idMapping.ifPresent(namespace -> attr.setLong(MountAttr.USERNS_FD, namespace.number()));
            Checked.call(
                    "mount_setattr",
                    () -> tree + ", " + attributes
                            + idMapping
                                    .map(namespace -> ", ids of " + namespace)
                                    .orElse(""),
                    () -> Libc.syscall(
                            SyscallHeader.SYS_mount_setattr,
                            tree.number(),
                            itself.at(0),
                            FcntlHeader.AT_EMPTY_PATH | FcntlHeader.AT_RECURSIVE,
                            attr,
                            MountAttr.SIZE));
        }
    }

    static Fd makeProc(Fd pidNamespace, Set<MountAttribute> attributes) {
        int bits = 0;
        for (MountAttribute attribute : attributes) {
            bits |= Objects.requireNonNull(ATTRIBUTES.get(attribute)).intValue();
        }
        int all = bits;
        try (Fd context = FileCalls.owned(Checked.call(
                "fsopen", "proc", () -> Libc.syscall(SyscallHeader.SYS_fsopen, "proc", MountHeader.FSOPEN_CLOEXEC)))) {
            Checked.call(
                    "fsconfig",
                    "proc, pidns of " + pidNamespace,
                    () -> Libc.syscall(
                            SyscallHeader.SYS_fsconfig,
                            context.number(),
                            MountHeader.FSCONFIG_SET_FD,
                            "pidns",
                            null,
                            pidNamespace.number()));
            Checked.call(
                    "fsconfig",
                    "proc, create",
                    () -> Libc.syscall(
                            SyscallHeader.SYS_fsconfig,
                            context.number(),
                            MountHeader.FSCONFIG_CMD_CREATE,
                            null,
                            null,
                            0));
            return FileCalls.owned(Checked.call(
                    "fsmount",
                    "proc",
                    () -> Libc.syscall(SyscallHeader.SYS_fsmount, context.number(), MountHeader.FSMOUNT_CLOEXEC, all)));
        }
    }

    static void attachTree(Fd tree, Path target) {
        try (CStrings texts = new CStrings("", target.toString())) {
            Checked.call(
                    "move_mount",
                    () -> tree + ", \"" + target + "\"",
                    () -> Libc.syscall(
                            SyscallHeader.SYS_move_mount,
                            tree.number(),
                            texts.at(0),
                            FcntlHeader.AT_FDCWD,
                            texts.at(1),
                            MountHeader.MOVE_MOUNT_F_EMPTY_PATH));
        }
    }

    static void attachTree(Fd tree, Fd target) {
        try (CStrings texts = new CStrings("")) {
            Checked.call(
                    "move_mount",
                    () -> tree + ", " + target,
                    () -> Libc.syscall(
                            SyscallHeader.SYS_move_mount,
                            tree.number(),
                            texts.at(0),
                            target.number(),
                            texts.at(0),
                            MountHeader.MOVE_MOUNT_F_EMPTY_PATH | MountHeader.MOVE_MOUNT_T_EMPTY_PATH));
        }
    }

    static Fd makeMount(String type, Path device, Map<String, String> options, Set<MountAttribute> attributes) {
        int bits = 0;
        for (MountAttribute attribute : attributes) {
            bits |= Objects.requireNonNull(ATTRIBUTES.get(attribute)).intValue();
        }
        int all = bits;
        try (Fd context = FileCalls.owned(Checked.call(
                "fsopen", type, () -> Libc.syscall(SyscallHeader.SYS_fsopen, type, MountHeader.FSOPEN_CLOEXEC)))) {
            configure(context, "source", device.toString());
            options.forEach((key, value) -> configure(context, key, value));
            Checked.call(
                    "fsconfig",
                    type + " on " + device + ", create",
                    () -> Libc.syscall(
                            SyscallHeader.SYS_fsconfig,
                            context.number(),
                            MountHeader.FSCONFIG_CMD_CREATE,
                            null,
                            null,
                            0));
            return FileCalls.owned(Checked.call(
                    "fsmount",
                    type + " on " + device,
                    () -> Libc.syscall(SyscallHeader.SYS_fsmount, context.number(), MountHeader.FSMOUNT_CLOEXEC, all)));
        }
    }

    private static void configure(Fd context, String key, String value) {
        try (Scratch scratch = new Scratch()) {
            Pointer text = value.isEmpty() ? null : scratch.text(value);
            Checked.call(
                    "fsconfig",
                    key + (value.isEmpty() ? "" : "=" + value),
                    () -> Libc.syscall(
                            SyscallHeader.SYS_fsconfig,
                            context.number(),
                            value.isEmpty() ? MountHeader.FSCONFIG_SET_FLAG : MountHeader.FSCONFIG_SET_STRING,
                            key,
                            text,
                            0));
        }
    }

    static void pivotRoot(Path newRoot, Path putOld) {
        try (CStrings texts = new CStrings(newRoot.toString(), putOld.toString())) {
            Checked.call(
                    "pivot_root", newRoot, () -> Libc.syscall(SyscallHeader.SYS_pivot_root, texts.at(0), texts.at(1)));
        }
    }
}
