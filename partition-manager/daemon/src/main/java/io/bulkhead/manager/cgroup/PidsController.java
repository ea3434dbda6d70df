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

    public Limit<Long> max() {
        return Knob.text(files, maxFile()).equals("max") ? Limit.unlimited() : Limit.of(Knob.number(files, maxFile()));
    }
}
