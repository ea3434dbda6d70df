package io.bulkhead.broker.ledger;

import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.WireSparse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The inventory as the books count it: every thread, the pool's time and the memory of every node, with what of them the
 * host keeps.
 *
 * @param cpus the online CPUs, ascending
 * @param pool CPU time of the pool
 * @param hostPool the host's own part of it
 * @param nodes the NUMA nodes, ascending
 * @param hostMemory the host's own RAM, from whichever nodes
 * @param capacities what else there is; absent in what releases wrote that counted CPUs, pool and memory alone
 */
public record Stock(
        List<Cpu> cpus,
        CpuMillis pool,
        CpuMillis hostPool,
        List<Node> nodes,
        ByteSize hostMemory,
        Optional<Capacities> capacities) {
    /**
     * One logical CPU.
     *
     * @param id as the kernel numbers it
     * @param core the lowest online CPU of its core, which stands for the core
     * @param shared whether it is of the host's pool
     */
    public record Cpu(int id, int core, @WireSparse boolean shared) {}

    /**
     * One NUMA node.
     *
     * @param id as the kernel numbers it
     * @param memory all of its RAM
     */
    public record Node(int id, ByteSize memory) {}

    public Stock {
        cpus = List.copyOf(cpus);
        nodes = List.copyOf(nodes);
    }

    /** What a machine has, and what its host keeps of it. */
    public static Stock of(Topology topology, HostReserve reserve) {
        return of(topology, reserve, Capacities.UNKNOWN);
    }

    /** The same with what else there is. */
    public static Stock of(Topology topology, HostReserve reserve, Capacities capacities) {
        List<Cpu> cpus = new ArrayList<>();
        for (Topology.Core core : topology.cores()) {
            core.threads().stream()
                    .forEach(cpu -> cpus.add(
                            new Cpu(cpu, core.firstCpu(), reserve.pool().contains(cpu))));
        }
        cpus.sort(Comparator.comparingInt(Cpu::id));
        CpuMillis pool = new CpuMillis(1000L * cpus.stream().filter(Cpu::shared).count());
        return new Stock(
                cpus,
                pool,
                new CpuMillis(Math.min(pool.millis(), reserve.cpu().millis())),
                topology.nodes().stream()
                        .map(node -> new Node(node.id(), node.memory()))
                        .toList(),
                reserve.memory(),
                Optional.of(capacities));
    }
}
