package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Deadline;
import io.bulkhead.manager.cgroup.GroupTree;
import io.bulkhead.manager.cgroup.Killer;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/** Stops, continues and kills all tasks of a partition. */
final class TaskControl {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How long one round of killing waits for the freezer and for the dying. */
    private static final Duration ROUND = Duration.ofSeconds(1);

    private final CgroupFiles files;
    private final V1Layout layout;
    private final Killer killer;

    TaskControl(CgroupFiles files, V1Layout layout, Killer killer) {
        this.files = files;
        this.layout = layout;
        this.killer = killer;
    }

    private FreezerController freezer(PartitionName partition) {
        return new FreezerController(files, layout.outer(layout.of("freezer"), partition));
    }

    void freeze(PartitionName partition) {
        FreezerController freezer = freezer(partition);
        freezer.freeze();
        if (!Deadline.await(PATIENCE, freezer::isFrozen)) {
            String state = freezer.state();
            freezer.thaw();
            throw new CgroupException("not all tasks of " + partition + " could be frozen within "
                    + PATIENCE.toSeconds() + " s (freezer.state " + state + "); they run again");
        }
    }

    void thaw(PartitionName partition) {
        freezer(partition).thaw();
    }

    boolean isFrozen(PartitionName partition) {
        return freezer(partition).isFrozen();
    }

    /** Those in the partition's groups of any hierarchy: one that was moved out of some of them is still seen. */
    Set<Long> processes(PartitionName partition) {
        Set<Long> pids = new TreeSet<>();
        layout.hierarchies()
                .forEach(hierarchy -> pids.addAll(GroupTree.processes(files, layout.outer(hierarchy, partition))));
        return pids;
    }

    void killAll(PartitionName partition) {
        if (!Deadline.await(PATIENCE, () -> killOnce(partition))) {
            throw new CgroupException("processes of " + partition + " are still there " + PATIENCE.toSeconds()
                    + " s after they were killed: " + processes(partition));
        }
    }

    /** One round: whoever forks faster than it is killed is stopped first; a frozen task dies when it is thawed. */
    private boolean killOnce(PartitionName partition) {
        if (processes(partition).isEmpty()) {
            return true;
        }
        FreezerController freezer = freezer(partition);
        boolean present = files.exists(layout.outer(layout.of("freezer"), partition));
        try {
            if (present) {
                freezer.freeze();
                // A task deep in the kernel may not freeze; what can be killed is killed all the same.
                Deadline.await(ROUND, freezer::isFrozen);
            }
            processes(partition).stream().filter(pid -> pid > 0).forEach(killer::kill);
        } finally {
            if (present) {
                freezer.thaw();
            }
        }
        return Deadline.await(ROUND, () -> processes(partition).isEmpty());
    }
}
