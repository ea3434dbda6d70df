package io.bulkhead.manager.sys.jna;

import io.bulkhead.manager.sys.Errno;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an administrator can do about a failed call; nothing where the cause is ours. */
final class Hints {
    private static final Set<String> PRIVILEGED = Set.of(
            "unshare",
            "setns",
            "mount",
            "umount2",
            "open_tree",
            "mount_setattr",
            "move_mount",
            "pivot_root",
            "sethostname",
            "mknod",
            "lchown",
            "pidfd_getfd");

    /** The kernel that brought a call in, as its man page has it. */
    private static final Map<String, String> SINCE = Map.of(
            "open_tree", "5.2",
            "move_mount", "5.2",
            "mount_setattr", "5.12",
            "pidfd_open", "5.3",
            "pidfd_send_signal", "5.1",
            "pidfd_getfd", "5.6");

    private Hints() {}

    static Optional<String> hint(String call, Errno errno) {
        if (errno.equals(Errno.EMFILE)) {
            return Optional.of("the manager's limit of open files is reached: raise LimitNOFILE of its unit");
        }
        if (errno.equals(Errno.ENOSYS)) {
            String since = SINCE.get(call);
            return Optional.of(
                    since == null
                            ? "this kernel was built without it"
                            : "this kernel is too old, Linux " + since + " or newer is needed");
        }
        if (errno.equals(Errno.EPERM) && PRIVILEGED.contains(call)) {
            return Optional.of("the manager must run as root with all capabilities, outside of a container");
        }
        return switch (call) {
            case "unshare" ->
                errno.equals(Errno.ENOSPC)
                        ? Optional.of("no more namespaces are allowed: raise the sysctls user.max_*_namespaces")
                        : Optional.empty();
            case "mount" -> mountHint(errno);
            case "mount_setattr" ->
                errno.equals(Errno.EINVAL)
                        ? Optional.of("the file system may not support id-mapped mounts in this kernel")
                        : Optional.empty();
            case "posix_spawn" ->
                errno.equals(Errno.EAGAIN)
                        ? Optional.of(
                                "no more processes are allowed: look at TasksMax of the manager's unit and at pids.max")
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<String> mountHint(Errno errno) {
        if (errno.equals(Errno.ENODEV)) {
            return Optional.of("this kernel does not have that file system");
        }
        return errno.equals(Errno.ENOSPC)
                ? Optional.of("no more mounts are allowed: raise the sysctl fs.mount-max")
                : Optional.empty();
    }
}
