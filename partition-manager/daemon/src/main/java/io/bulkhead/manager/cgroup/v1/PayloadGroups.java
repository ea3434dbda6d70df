package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Hierarchy;
import io.bulkhead.manager.cgroup.GroupTree;
import io.bulkhead.manager.cgroup.IoBound;
import io.bulkhead.manager.cgroup.Knob;
import io.bulkhead.manager.cgroup.PidsController;
import io.bulkhead.manager.cgroup.UndoableFiles;
import io.bulkhead.manager.undo.Undo;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The nested group of the run that is there or comes next, in every hierarchy. */
final class PayloadGroups {
    private final CgroupFiles files;
    private final V1Layout layout;
    private final Optional<Disk> disk;
    private final long pageSize;

    /** Out-of-memory kills of nested groups that are gone; a restart of the manager forgets them. */
    private final Map<PartitionName, Long> pastKills = new ConcurrentHashMap<>();

    /** The same of refused tasks. */
    private final Map<PartitionName, Long> pastRefusals = new ConcurrentHashMap<>();

    PayloadGroups(CgroupFiles files, V1Layout layout, Optional<Disk> disk, long pageSize) {
        this.files = files;
        this.layout = layout;
        this.disk = disk;
        this.pageSize = pageSize;
    }

    /**
     * Makes the group, in every hierarchy where it is not there: long before a start, which then finds it.
     *
     * @param cpusetOuter the outer group in the cpuset hierarchy: while a slice changes its kind there are two
     */
    void prepare(CgroupFiles undoable, PartitionName partition, Path cpusetOuter) {
        for (Hierarchy hierarchy : layout.hierarchies()) {
            Path outer = layout.isCpuset(hierarchy) ? cpusetOuter : layout.outer(hierarchy, partition);
            Path payload = layout.payload(outer);
            if (files.exists(payload)) {
                continue;
            }
            if (!files.exists(outer)) {
                throw new CgroupException(partition + " has no control group " + outer + "; its slice is not bound");
            }
            undoable.makeGroup(payload);
            if (layout.isCpuset(hierarchy)) {
                copyCpuset(undoable, outer, payload);
            }
            if (hierarchy.controllers().contains("blkio")) {
                copyBlkio(undoable, outer, payload);
            }
        }
        showLimits(undoable, partition);
    }

    /** Before the outer group's quota becomes smaller than this one, which the kernel refuses. */
    void hideQuota(CgroupFiles undoable, PartitionName partition) {
        CpuController payload = new CpuController(undoable, layout.payload(layout.of("cpu"), partition));
        if (files.exists(payload.quotaFile())) {
            Knob.set(undoable, payload.quotaFile(), "-1");
        }
    }

    /**
     * The limits of the outer group again, which a runtime inside finds nowhere else: the JVM and lxcfs read the groups of
     * their own process, no further up. They bind nobody who is not bound anyway, and stay the host's.
     */
    private void showLimits(CgroupFiles undoable, PartitionName partition) {
        CpuController cpu = new CpuController(undoable, layout.outer(layout.of("cpu"), partition));
        CpuController payload = new CpuController(undoable, layout.payload(layout.of("cpu"), partition));
        cpu.copyQuotaTo(payload);
        Path memory = layout.outer(layout.of("memory"), partition);
        MemoryController limit = new MemoryController(undoable, memory, pageSize);
        limit.limit()
                .fold(
                        bytes -> {
                            new MemoryController(undoable, layout.payload(memory), pageSize).showLimit(bytes);
                            return true;
                        },
                        false);
    }

    void open(PartitionName partition, UidRange owner, boolean delegateToSystemd) {
        try (Undo undo = new Undo()) {
            prepare(new UndoableFiles(files, undo), partition, cpusetOuter(partition));
            if (delegateToSystemd) {
                layout.systemd()
                        .ifPresent(hierarchy ->
                                new NamedSystemdHierarchy(files, layout.payload(hierarchy, partition)).handOver(owner));
            }
            undo.keep();
        }
    }

    /** A new cpuset has neither CPUs nor nodes, and nobody can enter it like that (ENOSPC). */
    private static void copyCpuset(CgroupFiles files, Path outer, Path payload) {
        CpusetController from = new CpusetController(files, outer);
        CpusetController to = new CpusetController(files, payload);
        to.setMems(from.mems());
        to.setCpus(from.cpus());
    }

    /** Version 1 does not throttle groups inside by the bounds of the outer one. */
    private void copyBlkio(CgroupFiles files, Path outer, Path payload) {
        if (disk.isEmpty()) {
            return;
        }
        BlkioController from = new BlkioController(files, outer);
        BlkioController to = new BlkioController(files, payload);
        for (IoBound bound : IoBound.values()) {
            if (files.exists(from.file(bound))) {
                to.set(bound, disk.get().device(), from.get(bound, disk.get().device()));
            }
        }
    }

    /** Removes what the run has left and makes the group anew, as long as the slice is bound. */
    void close(PartitionName partition) {
        Path memory = layout.payload(layout.of("memory"), partition);
        long kills = kills(memory);
        long refusals = new PidsController(files, layout.payload(layout.of("pids"), partition)).refused();
        for (Hierarchy hierarchy : layout.hierarchies()) {
            GroupTree.remove(files, layout.payload(hierarchy, partition));
        }
        pastKills.merge(partition, kills, Long::sum);
        pastRefusals.merge(partition, refusals, Long::sum);
        boolean bound =
                layout.hierarchies().stream().allMatch(hierarchy -> files.exists(layout.outer(hierarchy, partition)));
        if (bound) {
            prepare(files, partition, cpusetOuter(partition));
        }
    }

    private Path cpusetOuter(PartitionName partition) {
        return layout.outer(layout.of("cpuset"), partition);
    }

    void enterCurrentThread(PartitionName partition) {
        for (Hierarchy hierarchy : layout.hierarchies()) {
            // In "tasks", 0 is the very thread that writes (cgroups(7)).
            files.write(layout.payload(hierarchy, partition).resolve("tasks"), "0");
        }
    }

    void enter(PartitionName partition, long pid) {
        for (Hierarchy hierarchy : layout.hierarchies()) {
            files.write(layout.payload(hierarchy, partition).resolve("cgroup.procs"), String.valueOf(pid));
        }
    }

    long outOfMemoryKills(PartitionName partition) {
        return pastKills.getOrDefault(partition, 0L) + kills(layout.outer(layout.of("memory"), partition));
    }

    long tasksRefused(PartitionName partition) {
        return pastRefusals.getOrDefault(partition, 0L)
                + new PidsController(files, layout.outer(layout.of("pids"), partition)).refused();
    }

    void forget(PartitionName partition) {
        pastKills.remove(partition);
        pastRefusals.remove(partition);
    }

    private long kills(Path group) {
        if (!files.exists(group)) {
            return 0;
        }
        long inside = files.groupsIn(group).stream().mapToLong(this::kills).sum();
        return new MemoryController(files, group, pageSize).outOfMemoryKills() + inside;
    }
}
