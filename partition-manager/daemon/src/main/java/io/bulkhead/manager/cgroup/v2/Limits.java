package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.IoDevices;
import io.bulkhead.manager.cgroup.Knob;
import io.bulkhead.manager.cgroup.PidsController;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Every limit of an outer group but CPUs and nodes. */
final class Limits {
    static final String MOST_GROUPS_FILE = "cgroup.max.descendants";

    /** Groups that may be inside: the kernel has ids for some 65,000 with memory on the whole machine. */
    static final String MOST_GROUPS = "2000";

    static final String DEEPEST_FILE = "cgroup.max.depth";

    /** With names of 255 characters the path of the deepest is still one that the kernel takes (PATH_MAX, 4096). */
    static final String DEEPEST = "14";

    /** The bounds that the upper groups must not have: they would hold for all inside together. */
    private static final List<String> UPPER = List.of("cpu.max", "memory.max", "memory.high", "pids.max");

    private final IoDevices devices;
    private final long pageSize;

    Limits(IoDevices devices, long pageSize) {
        this.devices = devices;
        this.pageSize = pageSize;
    }

    /** Throws a {@link Refusal} if no disk is known that the bounds could be about. */
    void requireDisk(Slice slice) {
        if (devices.lacks(slice)) {
            throw Refusal.of(
                    ProblemCode.NOT_ENFORCEABLE,
                    "block I/O cannot be bounded: no single disk was found under the state directory",
                    "leave io out of the definition, give it storage of its own, or put the state directory onto one whole disk");
        }
    }

    /** Takes away what somebody bounded an upper group to. */
    static void openUpper(CgroupFiles files, Path top) {
        for (String file : UPPER) {
            if (!isOpen(files, top.resolve(file))) {
                Knob.set(files, top.resolve(file), "max");
            }
        }
    }

    /** Says it if an upper group is bounded. */
    static void checkUpper(CgroupFiles files, Path top, String file, List<String> faults) {
        Path upper = top.resolve(file);
        if (!isOpen(files, upper)) {
            faults.add(upper + " says " + Knob.text(files, upper) + ", which bounds all inside together");
        }
    }

    /** {@code max}, or {@code max PERIOD}. */
    private static boolean isOpen(CgroupFiles files, Path file) {
        return Knob.text(files, file).startsWith("max");
    }

    void set(CgroupFiles files, PartitionName partition, Path outer, Slice slice) {
        CpuController cpu = new CpuController(files, outer);
        if (slice.cpus() instanceof CpuSlice.Part part) {
            cpu.setEntitlement(part.entitlement());
        } else {
            cpu.setWhole();
        }
        cpu.setNoBurst();
        new MemoryController(files, outer, pageSize).setSlice(slice.memory());
        new MemoryController(files, outer, pageSize).setOomGroup(slice.oomGroup());
        new PidsController(files, outer).setMax(slice.tasks());
        Knob.set(files, outer.resolve(MOST_GROUPS_FILE), MOST_GROUPS);
        Knob.set(files, outer.resolve(DEEPEST_FILE), DEEPEST);
        bound(files, partition, outer, slice.io());
    }

    /** Bounds every device of a partition, and takes the bounds of others away. */
    void bound(CgroupFiles files, PartitionName partition, Path outer, IoSlice io) {
        IoController controller = new IoController(files, outer);
        Set<String> wanted = devices.of(partition);
        for (String device : controller.devices()) {
            if (!wanted.contains(device)) {
                controller.set(device, IoSlice.UNLIMITED);
            }
        }
        wanted.forEach(device -> controller.set(device, io));
    }
}
