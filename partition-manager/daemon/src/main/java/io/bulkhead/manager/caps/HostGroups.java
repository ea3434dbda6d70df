package io.bulkhead.manager.caps;

import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.cgroup.CgroupFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whose the groups at the top of the hierarchy are. An instance of Bulkhead is known by its pair of groups, {@code NAME}
 * and {@code NAME.pool}: nobody else makes that.
 */
final class HostGroups {
    private static final String POOL = ".pool";

    private final CgroupFiles files;
    private final Path mount;
    private final InstanceName ours;

    HostGroups(CgroupFiles files, Path mount, InstanceName ours) {
        this.files = files;
        this.mount = mount;
        this.ours = ours;
    }

    /** The host's own groups that the kernel counts the memory of, by name. */
    List<GroupMemory> host() {
        Set<String> instances = instances();
        return files.groupsIn(mount).stream()
                .filter(group -> !instances.contains(owner(name(group))))
                .map(group -> new GroupMemory(files, group))
                .filter(GroupMemory::isThere)
                .toList();
    }

    /** The names of the other instances here. */
    Set<String> others() {
        Set<String> others = new TreeSet<>(instances());
        others.remove(ours.value());
        return others;
    }

    /** What all slices of the other instances have together. */
    ByteSize othersSlices() {
        Set<String> others = others();
        return files.groupsIn(mount).stream()
                .filter(group -> others.contains(owner(name(group))))
                .map(group -> new GroupMemory(files, group))
                .filter(GroupMemory::isThere)
                .map(GroupMemory::min)
                .reduce(ByteSize.ZERO, ByteSize::plus);
    }

    private Set<String> instances() {
        Set<String> names =
                files.groupsIn(mount).stream().map(HostGroups::name).collect(Collectors.toCollection(TreeSet::new));
        Set<String> instances = names.stream()
                .filter(name -> names.contains(name + POOL))
                .collect(Collectors.toCollection(TreeSet::new));
        instances.add(ours.value());
        return instances;
    }

    private static String owner(String group) {
        return group.endsWith(POOL) ? group.substring(0, group.length() - POOL.length()) : group;
    }

    private static String name(Path group) {
        return String.valueOf(group.getFileName());
    }
}
