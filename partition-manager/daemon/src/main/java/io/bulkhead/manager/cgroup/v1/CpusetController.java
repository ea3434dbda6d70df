package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Knob;
import java.nio.file.Path;

/** CPUs and memory nodes of one group; cpuset(7), cgroup-v1/cpusets.rst. */
final class CpusetController {
    private static final String CPUS = "cpuset.cpus";
    private static final String MEMS = "cpuset.mems";

    private final CgroupFiles files;
    private final Path group;

    CpusetController(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    Path cpusFile() {
        return group.resolve(CPUS);
    }

    Path memsFile() {
        return group.resolve(MEMS);
    }

    Path exclusiveFile() {
        return group.resolve("cpuset.cpu_exclusive");
    }

    /** The file that {@link #effectiveCpus()} reads. */
    Path effectiveCpusFile() {
        Path effective = group.resolve("cpuset.effective_cpus");
        // Absent before kernel 3.17; there the set itself loses CPUs that go offline.
        return files.exists(effective) ? effective : cpusFile();
    }

    CpuSet cpus() {
        return CpuSet.parse(files.read(cpusFile()));
    }

    /** The CPUs of the set that are online. */
    CpuSet effectiveCpus() {
        return CpuSet.parse(files.read(effectiveCpusFile()));
    }

    NodeSet mems() {
        return NodeSet.parse(files.read(memsFile()));
    }

    boolean exclusive() {
        return Knob.number(files, exclusiveFile()) == 1;
    }

    /** No sibling may overlap from now on; the parent must be exclusive itself (cpusets.rst 1.4). */
    void makeExclusive() {
        Knob.set(files, exclusiveFile(), "1");
    }

    /** Kernel allocations for user data keep to the nodes too (cpusets.rst 1.4). */
    void makeHardwall() {
        Path file = group.resolve("cpuset.mem_hardwall");
        if (files.exists(file)) {
            Knob.set(files, file, "1");
        }
    }

    /** Sets the CPUs of this group alone. */
    void setOwnCpus(CpuSet cpus) {
        Knob.set(files, cpusFile(), cpus.toString());
    }

    /** Sets the CPUs of this group and of all groups inside: a parent must contain its children at every moment. */
    void setCpus(CpuSet cpus) {
        setOwnCpus(cpus().union(cpus));
        files.groupsIn(group).forEach(inside -> new CpusetController(files, inside).setCpus(cpus));
        setOwnCpus(cpus);
    }

    /** Sets the memory nodes of this group and of all groups inside. */
    void setMems(NodeSet nodes) {
        Knob.set(files, memsFile(), mems().union(nodes).toString());
        files.groupsIn(group).forEach(inside -> new CpusetController(files, inside).setMems(nodes));
        Knob.set(files, memsFile(), nodes.toString());
    }
}
