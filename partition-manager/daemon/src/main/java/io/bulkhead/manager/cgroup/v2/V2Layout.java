package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.cgroup.CgroupFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Where an instance's groups are; the picture is in the package's description. */
final class V2Layout {
    /** Without one of these there is no partition. */
    static final List<String> REQUIRED = List.of("cpuset", "cpu", "io", "memory", "pids");

    private static final String PARTITION = "p-";

    private final CgroupFiles files;
    private final Path mount;
    private final InstanceName instance;

    V2Layout(CgroupFiles files, Path mount, InstanceName instance) {
        this.files = files;
        this.mount = mount;
        this.instance = instance;
    }

    /** The root of the hierarchy. */
    Path mount() {
        return mount;
    }

    /** The group above whole CPUs. */
    Path wholeTop() {
        return mount.resolve(instance.value());
    }

    /** The group above the pool's users. */
    Path poolTop() {
        return mount.resolve(instance.value() + ".pool");
    }

    List<Path> tops() {
        return List.of(wholeTop(), poolTop());
    }

    Path top(CpuSlice cpus) {
        return cpus instanceof CpuSlice.Whole ? wholeTop() : poolTop();
    }

    /** Where a partition's outer group is made. */
    Path outer(PartitionName partition, CpuSlice cpus) {
        return top(cpus).resolve(PARTITION + partition);
    }

    /** Where a partition's outer group is; in the pool, if nowhere. */
    Path outer(PartitionName partition) {
        Path whole = wholeTop().resolve(PARTITION + partition);
        return files.exists(whole) ? whole : poolTop().resolve(PARTITION + partition);
    }

    /** Every place where a partition may have an outer group. */
    List<Path> everyOuter(PartitionName partition) {
        return tops().stream().map(top -> top.resolve(PARTITION + partition)).toList();
    }

    static Path payload(Path outer) {
        return outer.resolve("in");
    }

    static Path holder(Path outer) {
        return outer.resolve("holder");
    }

    /** The partitions that have a group under either top. */
    Set<PartitionName> present() {
        Set<PartitionName> names = new TreeSet<>();
        for (Path top : tops()) {
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
