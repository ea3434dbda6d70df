package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Knob;
import java.nio.file.Path;

/** CPU time used by one group and the groups inside; cgroup-v1/cpuacct.rst. */
final class CpuacctController {
    private final CgroupFiles files;
    private final Path group;

    CpuacctController(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    /** Nanoseconds since the group was made. */
    long usageNanos() {
        return Knob.number(files, group.resolve("cpuacct.usage"));
    }
}
