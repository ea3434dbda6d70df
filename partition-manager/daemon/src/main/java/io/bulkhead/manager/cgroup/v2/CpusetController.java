package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Knob;
import java.nio.file.Path;

/** CPUs and memory nodes of one group; cgroup-v2.rst, "Cpuset Interface Files". */
final class CpusetController {
    static final String MEMBER = "member";
    static final String ROOT = "root";
    static final String ISOLATED = "isolated";

    private final CgroupFiles files;
    private final Path group;

    CpusetController(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    Path cpusFile() {
        return group.resolve("cpuset.cpus");
    }

    Path effectiveCpusFile() {
        return group.resolve("cpuset.cpus.effective");
    }

    Path exclusiveFile() {
        return group.resolve("cpuset.cpus.exclusive");
    }

    Path partitionFile() {
        return group.resolve("cpuset.cpus.partition");
    }

    Path memsFile() {
        return group.resolve("cpuset.mems");
    }

    Path effectiveMemsFile() {
        return group.resolve("cpuset.mems.effective");
    }

    /** Whether the kernel has {@code cpuset.cpus.exclusive}. */
    boolean knowsExclusive() {
        return files.exists(exclusiveFile());
    }

    CpuSet cpus() {
        return CpuSet.parse(files.read(cpusFile()));
    }

    CpuSet exclusive() {
        return knowsExclusive() ? CpuSet.parse(files.read(exclusiveFile())) : CpuSet.EMPTY;
    }

    /** The CPUs that are online and that nobody above or beside has taken away. */
    CpuSet effectiveCpus() {
        return CpuSet.parse(files.read(effectiveCpusFile()));
    }

    NodeSet mems() {
        return NodeSet.parse(files.read(memsFile()));
    }

    NodeSet effectiveMems() {
        return NodeSet.parse(files.read(effectiveMemsFile()));
    }

    /** {@code member}, {@code root} or {@code isolated}; with {@code invalid} and the kernel's reason where it is not. */
    String partition() {
        return Knob.text(files, partitionFile());
    }

    void setCpus(CpuSet cpus) {
        if (!cpus().equals(cpus)) {
            files.replace(cpusFile(), cpus.toString(), cpus().toString());
        }
    }

    void setExclusive(CpuSet cpus) {
        if (!exclusive().equals(cpus)) {
            files.replace(exclusiveFile(), cpus.toString(), exclusive().toString());
        }
    }

    void setMems(NodeSet nodes) {
        if (!mems().equals(nodes)) {
            files.replace(memsFile(), nodes.toString(), mems().toString());
        }
    }

    /**
     * Asks for a kind of partition. The kernel takes the word without complaint and says afterwards what came of it, so
     * it is read back; a kind that was lost for a passing reason may come back only by way of {@code member}.
     *
     * @return what the kernel says
     */
    String become(String kind) {
        String before = partition();
        if (before.equals(kind)) {
            return kind;
        }
        String word = before.split(" ", -1)[0];
        files.replace(partitionFile(), kind, word);
        if (!partition().equals(kind) && !kind.equals(MEMBER)) {
            files.write(partitionFile(), MEMBER);
            files.write(partitionFile(), kind);
        }
        return partition();
    }
}
