package io.bulkhead.contract.partition;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.WireSparse;
import java.util.Optional;

/**
 * The fixed share of the hardware that a partition holds.
 *
 * @param cpus whole CPUs or a part of the pool
 * @param memoryNodes the NUMA nodes that its memory comes from, at least one
 * @param memory RAM, at least 16 MiB, whole pages of 4 KiB
 * @param tasks processes and threads
 * @param io bounds on block I/O with the disk that holds the partition
 * @param oomGroup whether all of the partition goes when the kernel kills a part of it for want of memory
 * @param storage of its own, as claimed
 * @param network its share of it, as claimed
 * @param console what its console may cost, as claimed
 */
public record Slice(
        CpuSlice cpus,
        NodeSet memoryNodes,
        ByteSize memory,
        int tasks,
        IoSlice io,
        @WireSparse boolean oomGroup,
        Optional<StorageSlice> storage,
        Optional<NetworkSlice> network,
        Optional<ConsoleSlice> console) {
    /** One in which the kernel kills only what it must, without storage and network. */
    public Slice(CpuSlice cpus, NodeSet memoryNodes, ByteSize memory, int tasks, IoSlice io) {
        this(cpus, memoryNodes, memory, tasks, io, false);
    }

    /** One without storage and network. */
    public Slice(CpuSlice cpus, NodeSet memoryNodes, ByteSize memory, int tasks, IoSlice io, boolean oomGroup) {
        this(cpus, memoryNodes, memory, tasks, io, oomGroup, Optional.empty(), Optional.empty());
    }

    /** One with the usual console. */
    public Slice(
            CpuSlice cpus,
            NodeSet memoryNodes,
            ByteSize memory,
            int tasks,
            IoSlice io,
            boolean oomGroup,
            Optional<StorageSlice> storage,
            Optional<NetworkSlice> network) {
        this(cpus, memoryNodes, memory, tasks, io, oomGroup, storage, network, Optional.empty());
    }

    public Slice {
        if (memoryNodes.isEmpty()) {
            throw new IllegalArgumentException("a slice has memory from at least one node");
        }
        SliceRules.checkMemory(memory);
        SliceRules.checkTasks(tasks);
        console = console.filter(given -> !given.equals(ConsoleSlice.DEFAULT));
    }

    /** What a claim asks for, at this place. */
    public static Slice of(Claim claim, CpuSlice cpus, NodeSet memoryNodes) {
        return new Slice(
                cpus,
                memoryNodes,
                claim.memory(),
                claim.tasks(),
                claim.io(),
                claim.oomGroup(),
                claim.storage(),
                claim.network(),
                claim.console());
    }

    /** The same with storage. */
    public Slice withStorage(StorageSlice changed) {
        return new Slice(cpus, memoryNodes, memory, tasks, io, oomGroup, Optional.of(changed), network, console);
    }

    /** The same with a share of the network. */
    public Slice withNetwork(NetworkSlice changed) {
        return new Slice(cpus, memoryNodes, memory, tasks, io, oomGroup, storage, Optional.of(changed), console);
    }

    /** Its whole CPUs; empty where it has a part of the pool. */
    public CpuSet wholeCpus() {
        return cpus instanceof CpuSlice.Whole whole ? whole.cpus() : CpuSet.EMPTY;
    }

    /** Its part of the pool; 0 where it has whole CPUs. */
    public CpuMillis entitlement() {
        return cpus instanceof CpuSlice.Part part ? part.entitlement() : CpuMillis.ZERO;
    }

    /** The CPU time that it has, of whichever kind. */
    public CpuMillis cpuTime() {
        return cpus instanceof CpuSlice.Whole whole
                ? new CpuMillis(1000L * whole.cpus().size())
                : entitlement();
    }
}
