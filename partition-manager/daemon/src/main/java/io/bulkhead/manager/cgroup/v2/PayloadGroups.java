package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.GroupTree;
import io.bulkhead.manager.cgroup.Knob;
import io.bulkhead.manager.cgroup.UndoableFiles;
import io.bulkhead.manager.undo.Undo;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The nested groups of one run: the one that the partition sees as the root, and the holder's beside it. */
final class PayloadGroups {
    /** What systemd must be able to write to manage a tree of its own (systemd, "Control Group APIs and Delegation"). */
    private static final List<String> DELEGATED = List.of("cgroup.procs", "cgroup.threads", "cgroup.subtree_control");

    /** A kill of all inside goes with the limit that has called for it. */
    private static final List<String> SHOWN = List.of("memory.max", "memory.oom.group", "cpu.max");

    private final CgroupFiles files;
    private final V2Layout layout;
    private final long pageSize;

    /** Those that a systemd is about to boot in, and those where it does. A later manager sees it by its groups. */
    private final Set<PartitionName> handedOver = ConcurrentHashMap.newKeySet();

    private final Set<PartitionName> managedInside = ConcurrentHashMap.newKeySet();

    PayloadGroups(CgroupFiles files, V2Layout layout, long pageSize) {
        this.files = files;
        this.layout = layout;
        this.pageSize = pageSize;
    }

    void open(PartitionName partition, UidRange owner, boolean delegateToSystemd) {
        Path outer = layout.outer(partition);
        if (!files.exists(outer)) {
            throw new CgroupException(partition + " has no control group " + outer + "; its slice is not bound");
        }
        try (Undo undo = new Undo()) {
            CgroupFiles undoable = new UndoableFiles(files, undo);
            GroupTree.make(undoable, V2Layout.holder(outer));
            Path payload = V2Layout.payload(outer);
            GroupTree.make(undoable, payload);
            protect(undoable, outer);
            if (delegateToSystemd) {
                undoable.chown(payload, owner.base(), owner.base());
                DELEGATED.forEach(file -> undoable.chown(payload.resolve(file), owner.base(), owner.base()));
                handedOver.add(partition);
            } else {
                handedOver.remove(partition);
            }
            undo.keep();
        }
    }

    /**
     * Hands the outer group's protection on: without {@code memory_recursiveprot} it would end there. And its limits, which a
     * runtime inside finds nowhere else: the JVM, Go, lxcfs read the groups of their own process, no further up. They bind
     * nobody who is not bound anyway, and stay the host's.
     */
    void protect(CgroupFiles through, Path outer) {
        Path payload = V2Layout.payload(outer);
        if (files.exists(payload)) {
            ByteSize amount =
                    new MemoryController(through, outer, pageSize).min().fold(min -> min, ByteSize.ZERO);
            new MemoryController(through, payload, pageSize).setMin(amount);
            for (String file : SHOWN) {
                Knob.set(through, payload.resolve(file), Knob.text(through, outer.resolve(file)));
            }
        }
    }

    void close(PartitionName partition) {
        handedOver.remove(partition);
        managedInside.remove(partition);
        for (Path outer : layout.everyOuter(partition)) {
            GroupTree.remove(files, V2Layout.payload(outer));
            GroupTree.remove(files, V2Layout.holder(outer));
        }
    }

    /**
     * Moves a process in. Where systemd manages groups of its own, none may be beside them in the group they are in
     * ("No Internal Process Constraint"): such a process gets a group to itself.
     */
    void enter(PartitionName partition, long pid) {
        Path payload = V2Layout.payload(layout.outer(partition));
        Path place = payload;
        if (managedInside.contains(partition)
                || !files.groupsIn(payload).isEmpty()
                || Controllers.anyOn(files, payload)) {
            place = payload.resolve("exec");
            GroupTree.make(files, place);
        }
        move(pid, place);
    }

    void parkHolder(PartitionName partition, long pid) {
        move(pid, V2Layout.holder(layout.outer(partition)));
        if (handedOver.remove(partition)) {
            managedInside.add(partition);
        }
    }

    private void move(long pid, Path group) {
        files.write(group.resolve("cgroup.procs"), String.valueOf(pid));
    }
}
