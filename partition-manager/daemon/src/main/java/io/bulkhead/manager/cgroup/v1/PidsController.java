package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.CgroupFiles;
import java.nio.file.Path;

/** The number of tasks (processes and threads) of one group and the groups inside; cgroup-v1/pids.rst. */
final class PidsController {
    private final CgroupFiles files;
    private final Path group;

    PidsController(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    Path maxFile() {
        return group.resolve("pids.max");
    }

    void setMax(int tasks) {
        Knob.set(files, maxFile(), String.valueOf(tasks));
    }

    Limit<Long> max() {
        return Knob.text(files, maxFile()).equals("max") ? Limit.unlimited() : Limit.of(Knob.number(files, maxFile()));
    }
}
