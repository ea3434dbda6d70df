package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Deadline;
import io.bulkhead.manager.cgroup.GroupTree;
import io.bulkhead.manager.cgroup.Knob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** Stops, continues and kills all tasks of a partition; cgroup-v2.rst, "Core Interface Files". */
final class TaskControl {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CgroupFiles files;
    private final V2Layout layout;

    TaskControl(CgroupFiles files, V2Layout layout) {
        this.files = files;
        this.layout = layout;
    }

    void freeze(PartitionName partition) {
        Path outer = layout.outer(partition);
        files.write(freezeFile(outer), "1");
        if (!Deadline.await(PATIENCE, () -> event(outer, "frozen"))) {
            files.write(freezeFile(outer), "0");
            throw new CgroupException("not all tasks of " + partition + " could be frozen within "
                    + PATIENCE.toSeconds() + " s; they run again");
        }
    }

    void thaw(PartitionName partition) {
        files.write(freezeFile(layout.outer(partition)), "0");
    }

    boolean isFrozen(PartitionName partition) {
        return event(layout.outer(partition), "frozen");
    }

    Set<Long> processes(PartitionName partition) {
        return GroupTree.processes(files, layout.outer(partition));
    }

    /** Kills everything inside, frozen or not, however fast it forks. */
    void killAll(PartitionName partition) {
        for (Path outer : layout.everyOuter(partition)) {
            if (files.exists(outer)) {
                killIn(partition, outer);
            }
        }
    }

    private void killIn(PartitionName partition, Path outer) {
        if (event(outer, "populated")) {
            files.write(outer.resolve("cgroup.kill"), "1");
        }
        boolean empty = Deadline.await(PATIENCE, () -> !event(outer, "populated"));
        if (!Knob.text(files, freezeFile(outer)).equals("0")) {
            files.write(freezeFile(outer), "0");
        }
        if (!empty) {
            throw new CgroupException("processes of " + partition + " are still there " + PATIENCE.toSeconds()
                    + " s after they were killed: " + GroupTree.processes(files, outer));
        }
    }

    private boolean event(Path outer, String word) {
        return Knob.number(files, outer.resolve("cgroup.events"), word) == 1;
    }

    private static Path freezeFile(Path outer) {
        return outer.resolve("cgroup.freeze");
    }
}
