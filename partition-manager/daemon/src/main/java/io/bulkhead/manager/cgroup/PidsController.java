package io.bulkhead.manager.cgroup;

import io.bulkhead.contract.unit.Limit;
import java.nio.file.Path;

/** The number of tasks (processes and threads) of one group and the groups inside; cgroup-v1/pids.rst. */
public final class PidsController {
    private final CgroupFiles files;
    private final Path group;

    public PidsController(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    public Path maxFile() {
        return group.resolve("pids.max");
    }

    public void setMax(int tasks) {
        Knob.set(files, maxFile(), String.valueOf(tasks));
    }

    /** How many there are now. */
    public long current() {
        return Knob.number(files, group.resolve("pids.current"));
    }

    /** Changes, with notice, when a task is refused. */
    public Path eventsFile() {
        return group.resolve("pids.events");
    }

    /**
     * How often a task was refused in this group and those inside. From kernel 6.11 on, version 2 counts with the group
     * that has the limit, and all above (cgroup-v2.rst, "pids.events"); before, and in version 1, each group counts what
     * was refused to its own tasks, whoever's limit it was (kernel/cgroup/pids.c).
     */
    public long refused() {
        if (!files.exists(eventsFile())) {
            return 0;
        }
        long own = Knob.number(files, eventsFile(), "max");
        if (files.exists(group.resolve("pids.events.local"))) {
            return own;
        }
        long inside = files.groupsIn(group).stream()
                .mapToLong(each -> new PidsController(files, each).refused())
                .sum();
        return own + inside;
    }

    public Limit<Long> max() {
        return Knob.text(files, maxFile()).equals("max") ? Limit.unlimited() : Limit.of(Knob.number(files, maxFile()));
    }
}
