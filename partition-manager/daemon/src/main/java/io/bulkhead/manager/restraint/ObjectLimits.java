package io.bulkhead.manager.restraint;

import io.bulkhead.contract.partition.Hardening;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.unit.ByteSize;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How many objects of the kernel a partition may have: the limits in /proc/sys/user of its user namespace; namespaces(7),
 * inotify(7), fanotify(7). The memory of the objects counts against the slice anyway; these bound what is scarce besides,
 * time above all that the kernel takes to clear it all away. Pure.
 */
final class ObjectLimits {
    /** What one watch costs with the inode it holds, as the kernel itself reckons (fs/notify/inotify/inotify_user.c). */
    private static final long BYTES_PER_WATCH = 1280;

    /** The part of its memory that the kernel would let a machine of that size spend on watches: 1/100. */
    private static final long PART_FOR_WATCHES = 100;

    private static final long LEAST_WATCHES = 8_192;
    private static final long MOST_WATCHES = 1_048_576;

    private ObjectLimits() {}

    /**
     * The limits by their file in /proc/sys/user, with what a definition says. Of each kind of namespace that process 1
     * itself lives in there is at least one; an init that is given none of users keeps none.
     */
    static Map<String, Long> of(Init init, ByteSize memory, Optional<Hardening.KernelObjects> wishes) {
        Map<String, Long> limits = defaults(init, memory);
        wishes.flatMap(Hardening.KernelObjects::inotifyInstances)
                .ifPresent(most -> limits.put("max_inotify_instances", most));
        wishes.flatMap(Hardening.KernelObjects::inotifyWatches)
                .ifPresent(most -> limits.put("max_inotify_watches", most));
        wishes.flatMap(Hardening.KernelObjects::namespaces)
                .ifPresent(most -> limits.replaceAll((name, usual) -> {
                    if (!name.endsWith("_namespaces")) {
                        return usual;
                    }
                    return name.equals("max_user_namespaces") && usual == 0 ? usual : Math.max(1, most);
                }));
        return limits;
    }

    /**
     * The limits where the definition says nothing else.
     *
     * @param memory of the slice, by which watches are measured
     * @param init a systemd gives services namespaces of their own; in the others one of users cannot be made at all
     */
    private static Map<String, Long> defaults(Init init, ByteSize memory) {
        boolean systemd = init instanceof Init.Systemd;
        long watches =
                Math.max(LEAST_WATCHES, Math.min(MOST_WATCHES, memory.bytes() / PART_FOR_WATCHES / BYTES_PER_WATCH));
        Map<String, Long> limits = new TreeMap<>();
        limits.put("max_inotify_instances", 128L);
        limits.put("max_inotify_watches", watches);
        limits.put("max_fanotify_groups", 128L);
        limits.put("max_fanotify_marks", watches);
        limits.put("max_user_namespaces", systemd ? 64L : 0L);
        limits.put("max_mnt_namespaces", systemd ? 256L : 64L);
        limits.put("max_pid_namespaces", 64L);
        limits.put("max_net_namespaces", 32L);
        limits.put("max_ipc_namespaces", 64L);
        limits.put("max_uts_namespaces", systemd ? 256L : 64L);
        limits.put("max_cgroup_namespaces", 64L);
        limits.put("max_time_namespaces", 64L);
        return limits;
    }
}
