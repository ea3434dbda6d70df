package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.cgroup.CgroupFiles;
import java.nio.file.Path;
import java.util.List;

/**
 * The hierarchy without controllers that systemd keeps its units in. A systemd inside a partition makes groups below
 * its own, so that one belongs to the partition's root: the files that systemd-nspawn hands over too (systemd,
 * chown_cgroup).
 */
final class NamedSystemdHierarchy {
    private static final List<String> HANDED_OVER =
            List.of("cgroup.procs", "tasks", "cgroup.clone_children", "notify_on_release");

    private final CgroupFiles files;
    private final Path group;

    NamedSystemdHierarchy(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    void handOver(UidRange owner) {
        for (String name : HANDED_OVER) {
            Path file = group.resolve(name);
            if (files.exists(file)) {
                files.chown(file, owner.base(), owner.base());
            }
        }
        files.chown(group, owner.base(), owner.base());
    }
}
