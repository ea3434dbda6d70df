package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.WireFlag;

/**
 * What a definition asks for, before a place is found.
 *
 * @param cpus whole CPUs or a part of one
 * @param memory RAM, at least 16 MiB, whole pages of 4 KiB
 * @param tasks processes and threads, 16 to 4,194,304 (the kernel's pid limit)
 * @param io bounds on block I/O
 * @param oomGroup whether all of it goes when the kernel kills a part of it for want of memory
 */
public record Claim(
        CpuClaim cpus,
        ByteSize memory,
        int tasks,
        IoSlice io,
        @WireFlag boolean oomGroup) {
    /** One in which the kernel kills only what it must. */
    public Claim(CpuClaim cpus, ByteSize memory, int tasks, IoSlice io) {
        this(cpus, memory, tasks, io, false);
    }

    public Claim {
        SliceRules.checkMemory(memory);
        SliceRules.checkTasks(tasks);
    }
}
