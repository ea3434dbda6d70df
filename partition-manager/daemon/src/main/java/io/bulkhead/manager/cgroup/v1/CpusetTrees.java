package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.GroupTree;
import io.bulkhead.manager.cgroup.Knob;
import io.bulkhead.manager.undo.Undo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The two trees of the cpuset hierarchy: whole CPUs under an exclusive top group that holds exactly the CPUs given
 * out, the rest under the pool's. Calls are serialised by the caller.
 */
final class CpusetTrees {
    private final V1Layout layout;
    private final CpuSet pool;
    private final NodeSet nodes;

    CpusetTrees(V1Layout layout, CpuSet pool, NodeSet nodes) {
        this.layout = layout;
        this.pool = pool;
        this.nodes = nodes;
    }

    /** Makes the pool's top group, or brings it and all its groups to the pool's present CPUs. */
    void preparePool(CgroupFiles files) {
        GroupTree.make(files, layout.poolTop());
        CpusetController top = new CpusetController(files, layout.poolTop());
        Knob.set(files, top.memsFile(), nodes.toString());
        try {
            top.setCpus(pool);
        } catch (CgroupException e) {
            throw explained(files, e, layout.poolTop(), pool);
        }
        removeEmptyTop(files);
    }

    /** Where the outer group of such a slice belongs. */
    Path outer(PartitionName partition, CpuSlice cpus) {
        return layout.outer(cpus instanceof CpuSlice.Whole ? layout.exclusiveTop() : layout.poolTop(), partition);
    }

    /**
     * The outer group of the other kind of slice, if it is there: the definition changed from whole to part or back.
     */
    Optional<Path> leftOver(CgroupFiles files, PartitionName partition, CpuSlice cpus) {
        Path other = layout.outer(cpus instanceof CpuSlice.Whole ? layout.poolTop() : layout.exclusiveTop(), partition);
        return files.exists(other) ? Optional.of(other) : Optional.empty();
    }

    /** Makes the outer group and sets its CPUs and nodes. */
    void bind(CgroupFiles files, Undo undo, PartitionName partition, Slice slice) {
        Path outer = outer(partition, slice.cpus());
        CpuSet cpus = slice.cpus() instanceof CpuSlice.Whole whole ? whole.cpus() : pool;
        CpusetController group = new CpusetController(files, outer);
        if (slice.cpus() instanceof CpuSlice.Whole) {
            growTop(files, undo, cpus);
        }
        GroupTree.make(files, outer);
        group.setMems(slice.memoryNodes());
        try {
            if (slice.cpus() instanceof CpuSlice.Whole) {
                group.makeExclusive();
            }
            group.setCpus(cpus);
        } catch (CgroupException e) {
            throw explained(files, e, outer, cpus);
        }
        group.makeHardwall();
        if (slice.cpus() instanceof CpuSlice.Whole) {
            tidyTop(files);
        }
    }

    private void growTop(CgroupFiles files, Undo undo, CpuSet cpus) {
        Path top = layout.exclusiveTop();
        CpusetController controller = new CpusetController(files, top);
        boolean fresh = !files.exists(top);
        if (fresh) {
            files.makeGroup(top);
        } else {
            undo.push("shrink " + top, () -> tidyTop(files));
        }
        Knob.set(files, controller.memsFile(), nodes.toString());
        try {
            controller.makeExclusive();
            controller.setOwnCpus(inUse(files).union(cpus));
        } catch (CgroupException e) {
            throw explained(files, e, top, cpus);
        }
    }

    /**
     * Gives back the CPUs of the exclusive top group that no partition has. Without partitions it is left to
     * {@link #removeEmptyTop}: the kernel refuses to empty an exclusive set (EBUSY).
     */
    void tidyTop(CgroupFiles files) {
        if (files.exists(layout.exclusiveTop()) && !inUse(files).isEmpty()) {
            new CpusetController(files, layout.exclusiveTop()).setOwnCpus(inUse(files));
        }
    }

    /** Removes the exclusive top group when nothing is inside, so that it shuts out nobody. */
    void removeEmptyTop(CgroupFiles files) {
        Path top = layout.exclusiveTop();
        if (files.exists(top) && files.groupsIn(top).isEmpty()) {
            GroupTree.remove(files, top);
        }
    }

    private CpuSet inUse(CgroupFiles files) {
        return files.groupsIn(layout.exclusiveTop()).stream()
                .map(group -> new CpusetController(files, group).cpus())
                .reduce(CpuSet.EMPTY, CpuSet::union);
    }

    /**
     * Says who is in the way when the kernel refused CPUs. Any overlap of siblings is refused as soon as one of them is
     * exclusive.
     */
    private static RuntimeException explained(CgroupFiles files, CgroupException refused, Path group, CpuSet cpus) {
        Path parent = Optional.ofNullable(group.getParent()).orElse(group);
        List<String> holders = new ArrayList<>();
        CpuSet clash = CpuSet.EMPTY;
        for (Path sibling : files.groupsIn(parent)) {
            CpuSet theirs = sibling.equals(group) ? CpuSet.EMPTY : new CpusetController(files, sibling).cpus();
            if (theirs.intersects(cpus)) {
                holders.add(sibling + " (cpuset.cpus " + theirs + ")");
                clash = clash.union(theirs.intersection(cpus));
            }
        }
        if (holders.isEmpty()) {
            return refused;
        }
        String detail = "CPUs " + clash + " cannot be kept apart: they are also in the control group "
                + String.join(", ", holders)
                + ", and cgroup v1 gives a CPU to one group alone only if no sibling has it";
        Problem problem = new Problem(
                ProblemCode.NOT_ENFORCEABLE,
                detail,
                Optional.of("take the CPUs out of that group's cpuset.cpus or remove the group, or ask for other CPUs"),
                holders);
        return new Refusal(problem, refused);
    }
}
