package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import java.util.List;

/** How strongly version 1 holds each resource, and the exceptions that are told with every promise. */
final class V1Strengths {
    /** The exception of every bound on block I/O. */
    static final String IO_EXCEPTION = "direct and synced I/O only; buffered writes are not held";

    private V1Strengths() {}

    static Strength wholeCpus(boolean confine) {
        return confine ? Strength.EXCLUSIVE : Strength.SHARED_WITH_HOST;
    }

    static List<Enforcement> table(boolean confine) {
        String whole = "cpuset.cpu_exclusive keeps every other control group away; "
                + (confine
                        ? "the host's tasks are moved onto the pool, kernel threads bound to a CPU stay"
                        : "the host's own tasks stay unless host.confine is on");
        return List.of(
                new Enforcement(
                        Resource.CPUS,
                        wholeCpus(confine),
                        "whole CPUs: " + whole + "; part of a CPU: entitled by cpu.cfs_quota_us on the pool"),
                new Enforcement(
                        Resource.MEMORY,
                        Strength.CAPPED,
                        "memory.limit_in_bytes, with swap where the kernel counts it; the amount is admitted, not kept"),
                new Enforcement(
                        Resource.MEMORY_NODES,
                        Strength.CAPPED,
                        "cpuset.mems, with mem_hardwall where the kernel has it"),
                new Enforcement(Resource.TASKS, Strength.CAPPED, "pids.max"),
                io(Resource.IO_READ, "blkio.throttle.read_bps_device"),
                io(Resource.IO_WRITE, "blkio.throttle.write_bps_device"),
                io(Resource.IO_READ_OPERATIONS, "blkio.throttle.read_iops_device"),
                io(Resource.IO_WRITE_OPERATIONS, "blkio.throttle.write_iops_device"));
    }

    private static Enforcement io(Resource resource, String file) {
        return new Enforcement(resource, Strength.CAPPED, file + ": " + IO_EXCEPTION);
    }
}
