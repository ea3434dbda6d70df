package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.WireSparse;
import java.util.Optional;

/**
 * What a definition asks for, before a place is found.
 *
 * @param cpus whole CPUs or a part of one
 * @param memory RAM, at least 16 MiB, whole pages of 4 KiB
 * @param tasks processes and threads, 16 to 4,194,304 (the kernel's pid limit)
 * @param io bounds on block I/O
 * @param oomGroup whether all of it goes when the kernel kills a part of it for want of memory
 * @param storage of its own; without, its files lie in a directory of the host
 * @param network a share of it; without, it has the loopback alone
 * @param console what its console may cost; empty for {@link ConsoleSlice#DEFAULT}, which is never written
 */
public record Claim(
        CpuClaim cpus,
        ByteSize memory,
        int tasks,
        IoSlice io,
        @WireSparse boolean oomGroup,
        Optional<StorageSlice> storage,
        Optional<NetworkSlice> network,
        Optional<ConsoleSlice> console) {
    /** One in which the kernel kills only what it must, without storage and network. */
    public Claim(CpuClaim cpus, ByteSize memory, int tasks, IoSlice io) {
        this(cpus, memory, tasks, io, false);
    }

    /** One without storage and network. */
    public Claim(CpuClaim cpus, ByteSize memory, int tasks, IoSlice io, boolean oomGroup) {
        this(cpus, memory, tasks, io, oomGroup, Optional.empty(), Optional.empty());
    }

    /** One with the usual console. */
    public Claim(
            CpuClaim cpus,
            ByteSize memory,
            int tasks,
            IoSlice io,
            boolean oomGroup,
            Optional<StorageSlice> storage,
            Optional<NetworkSlice> network) {
        this(cpus, memory, tasks, io, oomGroup, storage, network, Optional.empty());
    }

    public Claim {
        SliceRules.checkMemory(memory);
        SliceRules.checkTasks(tasks);
        console = console.filter(given -> !given.equals(ConsoleSlice.DEFAULT));
    }

    /** The same with storage. */
    public Claim withStorage(StorageSlice changed) {
        return new Claim(cpus, memory, tasks, io, oomGroup, Optional.of(changed), network, console);
    }

    /** The same with a share of the network. */
    public Claim withNetwork(NetworkSlice changed) {
        return new Claim(cpus, memory, tasks, io, oomGroup, storage, Optional.of(changed), console);
    }

    /** The same with this console. */
    public Claim withConsole(ConsoleSlice changed) {
        return new Claim(cpus, memory, tasks, io, oomGroup, storage, network, Optional.of(changed));
    }
}
