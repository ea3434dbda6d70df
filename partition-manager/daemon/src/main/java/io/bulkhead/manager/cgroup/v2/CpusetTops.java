package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The CPUs of the groups: a whole-CPU slice is a cpuset partition of its own, the upper group has exactly the CPUs that
 * were given out, and the pool's users share the pool's. Calls are serialised by the caller.
 */
final class CpusetTops {
    private final V2Layout layout;
    private final CpuSet pool;

    CpusetTops(V2Layout layout, CpuSet pool) {
        this.layout = layout;
        this.pool = pool;
    }

    /** Brings the pool's group to the pool's present CPUs; those inside have what it has. */
    void preparePool(CgroupFiles files) {
        new CpusetController(files, layout.poolTop()).setCpus(pool);
    }

    /** What this kernel offers; the upper group must be there. */
    PartitionStyle style(CgroupFiles files) {
        return top(files).knowsExclusive() ? PartitionStyle.EXCLUSIVE : PartitionStyle.LOCAL;
    }

    private CpusetController top(CgroupFiles files) {
        return new CpusetController(files, layout.wholeTop());
    }

    /** The kind of partition for a slice: one CPU needs no balancing of load, so it is spared it unasked. */
    static String kind(CpuSlice.Whole whole) {
        return whole.isolated() || whole.cpus().size() == 1 ? CpusetController.ISOLATED : CpusetController.ROOT;
    }

    /**
     * Sets CPUs and nodes of an outer group that is there.
     *
     * @throws Refusal if the kernel does not give the CPUs to it alone, with the kernel's reason
     */
    void bind(CgroupFiles files, Path outer, Slice slice) {
        CpusetController group = new CpusetController(files, outer);
        group.setMems(slice.memoryNodes());
        if (slice.cpus() instanceof CpuSlice.Whole whole) {
            bindWhole(files, outer, whole);
        } else {
            group.setCpus(CpuSet.EMPTY);
            group.become(CpusetController.MEMBER);
        }
    }

    private void bindWhole(CgroupFiles files, Path outer, CpuSlice.Whole whole) {
        CpuSet cpus = whole.cpus();
        try {
            if (style(files) == PartitionStyle.EXCLUSIVE) {
                CpusetController group = new CpusetController(files, outer);
                top(files).setExclusive(top(files).exclusive().union(cpus));
                // With cpus set as well, a mere sibling that names one of them makes the partition invalid (6.12).
                group.setCpus(CpuSet.EMPTY);
                group.setExclusive(cpus);
            } else {
                bindBelowTop(files, outer, whole);
            }
        } catch (CgroupException e) {
            throw refusal(files, outer, cpus, String.valueOf(e.getMessage()), e);
        }
        requireKind(files, outer, kind(whole), cpus);
    }

    /** Where the kernel has no exclusive CPUs: the upper group is a cpuset partition itself, and gives of its own. */
    private void bindBelowTop(CgroupFiles files, Path outer, CpuSlice.Whole whole) {
        CpuSet cpus = whole.cpus();
        if (!holders(files, List.of(layout.mount()), layout.wholeTop(), cpus).isEmpty()) {
            // The kernel would take it and call every partition of ours invalid.
            throw refusal(files, outer, cpus, "they are in cpuset.cpus of another group", null);
        }
        top(files).setCpus(top(files).cpus().union(cpus));
        requireKind(files, layout.wholeTop(), CpusetController.ROOT, cpus);
        CpusetController group = new CpusetController(files, outer);
        group.setCpus(cpus);
        if (!group.become(kind(whole)).equals(kind(whole))) {
            becomeWithRoomToSpare(files, group, kind(whole));
        }
    }

    /**
     * A group with tasks becomes a partition only while the upper group has a CPU left that is not its own ("Parent
     * unable to distribute cpu downstream"): lends it one of the host's for that moment, if there is one.
     */
    private void becomeWithRoomToSpare(CgroupFiles files, CpusetController group, String kind) {
        CpusetController poolGroup = new CpusetController(files, layout.poolTop());
        CpuSet free = new CpusetController(files, layout.mount()).effectiveCpus();
        CpuSet spare = lowest(free.minus(namedByOthers(files, layout.wholeTop())));
        boolean fromPool = spare.isEmpty() && pool.size() > 1;
        if (fromPool) {
            spare = lowest(pool.intersection(free).minus(namedByOthers(files, layout.poolTop())));
        }
        if (spare.isEmpty()) {
            return;
        }
        CpuSet before = top(files).cpus();
        if (fromPool) {
            poolGroup.setCpus(pool.minus(spare));
        }
        top(files).setCpus(before.union(spare));
        group.become(kind);
        top(files).setCpus(before);
        if (fromPool) {
            poolGroup.setCpus(pool);
        }
    }

    private static CpuSet lowest(CpuSet cpus) {
        return cpus.isEmpty() ? cpus : CpuSet.of(cpus.ids().get(0));
    }

    /** The CPUs that a group at the top other than this one, or ours above whole CPUs, names. */
    private CpuSet namedByOthers(CgroupFiles files, Path except) {
        return files.groupsIn(layout.mount()).stream()
                .filter(group -> !group.equals(except) && !group.equals(layout.wholeTop()))
                .map(group -> new CpusetController(files, group))
                .filter(group -> files.exists(group.cpusFile()))
                .map(CpusetController::cpus)
                .reduce(CpuSet.EMPTY, CpuSet::union);
    }

    private void requireKind(CgroupFiles files, Path group, String kind, CpuSet cpus) {
        CpusetController controller = new CpusetController(files, group);
        String found = controller.become(kind);
        if (!found.equals(kind)) {
            throw refusal(files, group, cpus, controller.partitionFile() + " says '" + found + "'", null);
        }
    }

    /**
     * Ends a group's being a partition, which gives its CPUs back at once: when the group is just removed, kernels do it
     * a moment later.
     */
    void letGo(CgroupFiles files, Path outer) {
        CpusetController group = new CpusetController(files, outer);
        if (files.exists(group.partitionFile())) {
            group.become(CpusetController.MEMBER);
        }
    }

    /**
     * Gives back the CPUs of the upper group that no partition has. Where that group is a cpuset partition it ceases to
     * be one with the last of them.
     */
    void tidyTop(CgroupFiles files) {
        if (!files.exists(layout.wholeTop())) {
            return;
        }
        PartitionStyle style = style(files);
        CpuSet cpus = inUse(files, style);
        if (style == PartitionStyle.EXCLUSIVE) {
            top(files).setExclusive(cpus);
            return;
        }
        if (cpus.isEmpty()) {
            top(files).become(CpusetController.MEMBER);
        }
        top(files).setCpus(cpus);
    }

    /** The CPUs of all partitions together. */
    private CpuSet inUse(CgroupFiles files, PartitionStyle style) {
        return files.groupsIn(layout.wholeTop()).stream()
                .map(group -> new CpusetController(files, group))
                .map(group -> style == PartitionStyle.EXCLUSIVE ? group.exclusive() : group.cpus())
                .reduce(CpuSet.EMPTY, CpuSet::union);
    }

    /** The kernel's words, with the groups that have some of these CPUs as well. */
    private Refusal refusal(CgroupFiles files, Path group, CpuSet cpus, String words, @Nullable Throwable cause) {
        List<String> holders = holders(files, List.of(layout.mount(), layout.wholeTop()), group, cpus);
        String detail = "the kernel does not give the CPUs " + cpus + " to one group alone: " + words
                + (holders.isEmpty() ? "" : "; others that name some of them: " + String.join(", ", holders));
        Problem problem = new Problem(
                ProblemCode.NOT_ENFORCEABLE,
                detail,
                Optional.of(
                        holders.isEmpty()
                                ? "ask for other CPUs"
                                : "take the CPUs out of those files (in a unit: AllowedCPUs=), or ask for other CPUs"),
                holders);
        return cause == null ? new Refusal(problem) : new Refusal(problem, cause);
    }

    /** The groups inside these that name some of the CPUs, other than the group itself and those above it. */
    private static List<String> holders(CgroupFiles files, List<Path> parents, Path group, CpuSet cpus) {
        List<String> holders = new ArrayList<>();
        for (Path parent : parents) {
            for (Path sibling : files.groupsIn(parent)) {
                CpusetController theirs = new CpusetController(files, sibling);
                if (!group.startsWith(sibling) && files.exists(theirs.cpusFile())) {
                    named(theirs.cpusFile(), theirs.cpus(), cpus).ifPresent(holders::add);
                    named(theirs.exclusiveFile(), theirs.exclusive(), cpus).ifPresent(holders::add);
                }
            }
        }
        return holders;
    }

    private static Optional<String> named(Path file, CpuSet theirs, CpuSet wanted) {
        return theirs.intersects(wanted) ? Optional.of(file + " (" + theirs + ")") : Optional.empty();
    }
}
