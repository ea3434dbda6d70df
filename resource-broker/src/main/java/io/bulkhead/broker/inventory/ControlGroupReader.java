package io.bulkhead.broker.inventory;

import io.bulkhead.broker.inventory.Inventory.ControlGroups;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which control groups are mounted with which controllers; cgroups(7), kernel document {@code admin-guide/cgroup-v2}. For
 * one reading on one thread.
 */
final class ControlGroupReader {
    private static final Set<String> OF_VERSION_1 = Set.of(
            "cpuset",
            "cpu",
            "cpuacct",
            "blkio",
            "memory",
            "devices",
            "freezer",
            "net_cls",
            "net_prio",
            "perf_event",
            "hugetlb",
            "pids",
            "rdma",
            "misc");

    private final KernelFiles files;
    private final Optional<Mounts.Mount> unified;
    private final List<String> unifiedControllers;
    private final List<String> separateControllers;

    ControlGroupReader(KernelFiles files, Mounts mounts) {
        this.files = files;
        this.unified = mounts.ofType("cgroup2").stream().findFirst();
        this.unifiedControllers = unified.flatMap(
                        mount -> files.text(directory(mount).resolve("cgroup.controllers")))
                .map(text -> List.of(text.split("\\s+", -1)))
                .orElse(List.of());
        this.separateControllers = mounts.ofType("cgroup").stream()
                .flatMap(mount -> mount.options().stream())
                .filter(OF_VERSION_1::contains)
                .distinct()
                .toList();
    }

    /** As the manager tells them apart. */
    ControlGroups kind() {
        if (unified.isEmpty()) {
            return ControlGroups.V1;
        }
        return separateControllers.isEmpty() ? ControlGroups.V2 : ControlGroups.HYBRID;
    }

    /** Whether a controller can be used in the hierarchy of version 2. */
    boolean unifiedHas(String controller) {
        return unifiedControllers.contains(controller);
    }

    /** Whether a controller is mounted by version 1. */
    boolean separateHas(String controller) {
        return separateControllers.contains(controller);
    }

    /** Whether the hierarchy of version 2 is mounted with an option. */
    boolean unifiedOption(String option) {
        return unified.stream().anyMatch(mount -> mount.options().contains(option));
    }

    /** Whether a buffered write can count for the group that wrote, on a file system that tells. */
    boolean canAttributeWrites() {
        return unifiedHas("memory") && unifiedHas("io");
    }

    /**
     * Whether groups of version 2 have a file; empty where there is none to look at. The root group lacks most of them, and a
     * group has those of a controller only while its parent gives it the controller.
     *
     * @param file the one asked for
     * @param sign one that the groups to look at have
     */
    Optional<Boolean> groupsHave(String file, String sign) {
        if (unified.isEmpty()) {
            return Optional.of(false);
        }
        Path top = directory(unified.get());
        return files.names(top).stream()
                .filter(name -> files.exists(top.resolve(name).resolve(sign)))
                .findFirst()
                .map(name -> files.exists(top.resolve(name).resolve(file)));
    }

    private Path directory(Mounts.Mount mount) {
        return files.at(mount.point().substring(1));
    }
}
