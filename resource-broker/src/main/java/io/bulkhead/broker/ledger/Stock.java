package io.bulkhead.broker.ledger;

import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.WireFlag;
import java.util.ArrayList;
import java.util.List;

/**
 * The inventory as the books count it: every thread, the pool's time and the memory of every node, with what of them the
 * host keeps.
 *
 * @param threads the online CPUs, ascending
 * @param pool CPU time of the pool
 * @param hostPool the host's own part of it
 * @param nodes the NUMA nodes, ascending
 * @param hostMemory the host's own RAM, from whichever nodes
 */
public record Stock(List<Thread> threads, CpuMillis pool, CpuMillis hostPool, List<Node> nodes, ByteSize hostMemory) {
    /**
     * One logical CPU.
     *
     * @param cpu as the kernel numbers it
     * @param core the lowest online CPU of its core, which stands for the core
     * @param shared whether it is of the host's pool
     */
    public record Thread(int cpu, int core, @WireFlag boolean shared) {}

    /**
     * One NUMA node.
     *
     * @param id as the kernel numbers it
     * @param memory all of its RAM
     */
    public record Node(int id, ByteSize memory) {}

    public Stock {
        threads = List.copyOf(threads);
        nodes = List.copyOf(nodes);
    }

    /** What a machine has, and what its host keeps of it. */
    public static Stock of(Topology topology, HostReserve reserve) {
        List<Thread> threads = new ArrayList<>();
        for (Topology.Core core : topology.cores()) {
            core.threads().stream()
                    .forEach(cpu -> threads.add(
                            new Thread(cpu, core.firstCpu(), reserve.pool().contains(cpu))));
        }
        threads.sort(java.util.Comparator.comparingInt(Thread::cpu));
        CpuMillis pool =
                new CpuMillis(1000L * threads.stream().filter(Thread::shared).count());
        return new Stock(
                threads,
                pool,
                new CpuMillis(Math.min(pool.millis(), reserve.cpu().millis())),
                topology.nodes().stream()
                        .map(node -> new Node(node.id(), node.memory()))
                        .toList(),
                reserve.memory());
    }
}
