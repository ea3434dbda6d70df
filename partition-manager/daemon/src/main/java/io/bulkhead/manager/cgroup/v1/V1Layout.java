package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.CgroupHierarchies;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Hierarchy;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Where an instance's groups are; the picture is in the package's description. */
final class V1Layout {
    /** Without one of these there is no partition. */
    static final List<String> REQUIRED = List.of("cpuset", "cpu", "memory", "pids", "blkio", "devices", "freezer");

    private static final String PARTITION = "p-";

    private final CgroupFiles files;
    private final InstanceName instance;
    private final CgroupHierarchies mounted;
    private final List<Hierarchy> used;

    V1Layout(CgroupFiles files, InstanceName instance, CgroupHierarchies mounted) {
        this.files = files;
        this.instance = instance;
        this.mounted = mounted;
        Set<Hierarchy> ours = new LinkedHashSet<>();
        REQUIRED.forEach(controller -> ours.add(of(controller)));
        mounted.of("cpuacct").ifPresent(ours::add);
        mounted.systemd().ifPresent(ours::add);
        this.used = List.copyOf(ours);
    }

    /** Every hierarchy that partitions have groups in; cpuset is the first. */
    List<Hierarchy> hierarchies() {
        return used;
    }

    Hierarchy of(String controller) {
        return mounted.of(controller)
                .orElseThrow(() -> new CgroupException("no hierarchy of the controller " + controller + " is mounted"));
    }

    Optional<Hierarchy> cpuacct() {
        return mounted.of("cpuacct");
    }

    Optional<Hierarchy> systemd() {
        return mounted.systemd();
    }

    boolean isCpuset(Hierarchy hierarchy) {
        return hierarchy.controllers().contains("cpuset");
    }

    /** The hierarchies that the host's own group is in: those that its reserve is about. */
    List<Hierarchy> hostHierarchies() {
        return used.stream()
                .filter(hierarchy -> hierarchy.controllers().stream()
                        .anyMatch(
                                controller -> Set.of("cpuset", "cpu", "cpuacct").contains(controller)))
                .toList();
    }

    /** The top group that is always there: in the cpuset hierarchy that of the pool. */
    Path top(Hierarchy hierarchy) {
        return isCpuset(hierarchy) ? poolTop() : hierarchy.mount().resolve(instance.value());
    }

    Path hostGroup(Hierarchy hierarchy) {
        return top(hierarchy).resolve("host");
    }

    /** The cpuset group above whole CPUs. */
    Path exclusiveTop() {
        return of("cpuset").mount().resolve(instance.value());
    }

    /** The cpuset group above the pool's users. */
    Path poolTop() {
        return of("cpuset").mount().resolve(instance.value() + ".pool");
    }

    /** Where a partition's outer group is made in this hierarchy, or of cpuset where whole CPUs are. */
    Path outer(Path top, PartitionName partition) {
        return top.resolve(PARTITION + partition);
    }

    /** A partition's outer group where it is; in the cpuset hierarchy there are two possible places. */
    Path outer(Hierarchy hierarchy, PartitionName partition) {
        if (isCpuset(hierarchy)) {
            Path whole = outer(exclusiveTop(), partition);
            return files.exists(whole) ? whole : outer(poolTop(), partition);
        }
        return outer(top(hierarchy), partition);
    }

    Path payload(Hierarchy hierarchy, PartitionName partition) {
        return outer(hierarchy, partition).resolve(CgroupFiles.NESTED);
    }

    Path payload(Path outer) {
        return outer.resolve(CgroupFiles.NESTED);
    }

    /** The partitions that have a group in any hierarchy. */
    Set<PartitionName> present() {
        Set<Path> tops = used.stream().map(this::top).collect(Collectors.toCollection(LinkedHashSet::new));
        tops.add(exclusiveTop());
        Set<PartitionName> names = new TreeSet<>();
        for (Path top : tops) {
            for (Path group : files.groupsIn(top)) {
                name(group).ifPresent(names::add);
            }
        }
        return names;
    }

    private static Optional<PartitionName> name(Path group) {
        String directory = String.valueOf(group.getFileName());
        if (!directory.startsWith(PARTITION)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PartitionName(directory.substring(PARTITION.length())));
        } catch (IllegalArgumentException e) {
            // Not a name that we could have made: somebody else's group.
            return Optional.empty();
        }
    }
}
