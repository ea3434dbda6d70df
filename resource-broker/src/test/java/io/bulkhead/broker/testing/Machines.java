package io.bulkhead.broker.testing;

import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.unit.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Machines by their shape. Kernels number the first threads of all cores before the second ones, and so do these. */
public final class Machines {
    private static final ByteSize NODE_MEMORY = ByteSize.parse("32GiB");

    private Machines() {}

    /** Two sockets of 64 cores with two threads, an L3 for every eight cores, four nodes to a socket: 256 CPUs. */
    public static Topology twoSocketManyCcx() {
        return smt(128, core -> core / 64, core -> core % 64, core -> core / 16, core -> core / 8, nodes(8, 4, 12, 32));
    }

    /** Eight sockets of 64 cores with two threads, eight nodes and as many L3 to a socket: 1,024 CPUs on 64 nodes. */
    public static Topology eightSocketSixtyFourNode() {
        return smt(512, core -> core / 64, core -> core % 64, core -> core / 8, core -> core / 8, nodes(64, 8, 12, 32));
    }

    /** Six fast cores with two threads, eight thrifty ones, and two more thrifty ones without the L3: 22 CPUs. */
    public static Topology hybrid() {
        List<Topology.Cpu> cpus = new ArrayList<>();
        IntStream.range(0, 12)
                .forEach(cpu -> cpus.add(new Topology.Cpu(cpu, 0, 0, cpu / 2 * 4, 0, 0, CoreType.PERFORMANCE)));
        IntStream.range(12, 20)
                .forEach(cpu -> cpus.add(new Topology.Cpu(cpu, 0, 0, 12 + cpu, 0, 0, CoreType.EFFICIENCY)));
        IntStream.range(20, 22)
                .forEach(cpu -> cpus.add(new Topology.Cpu(cpu, 0, 0, 12 + cpu, 0, 1, CoreType.EFFICIENCY)));
        return new Topology(cpus, List.of(new Topology.Node(0, NODE_MEMORY, List.of(10))));
    }

    /** Four thrifty cores and two fast ones, one cache to a kind, without SMT and NUMA. */
    public static Topology bigLittle() {
        return new Topology(
                IntStream.range(0, 6)
                        .mapToObj(cpu -> new Topology.Cpu(
                                cpu, 0, 0, cpu, 0, cpu / 4, cpu < 4 ? CoreType.EFFICIENCY : CoreType.PERFORMANCE))
                        .toList(),
                List.of(new Topology.Node(0, ByteSize.parse("4GiB"))));
    }

    /** One socket with two dies of four cores. */
    public static Topology oneSocketTwoDie() {
        return new Topology(
                IntStream.range(0, 8)
                        .mapToObj(cpu -> new Topology.Cpu(cpu, 0, cpu / 4, cpu, cpu / 4, cpu / 4, CoreType.UNIFORM))
                        .toList(),
                nodes(2, 1, 10, 21));
    }

    /** One socket of eight cores on node 0, and node 1 with memory and without CPUs, as on a memory expander. */
    public static Topology memoryOnlyNode() {
        return new Topology(
                IntStream.range(0, 8)
                        .mapToObj(cpu -> new Topology.Cpu(cpu, 0, 0, cpu, 0, 0, CoreType.UNIFORM))
                        .toList(),
                List.of(
                        new Topology.Node(0, NODE_MEMORY, List.of(10, 14)),
                        new Topology.Node(1, ByteSize.parse("128GiB"), List.of(14, 10))));
    }

    /** As many cores of two threads as are said, each with its package, number in it, node and cache. */
    private static Topology smt(
            int cores,
            IntUnaryOperator packageOf,
            IntUnaryOperator coreOf,
            IntUnaryOperator nodeOf,
            IntUnaryOperator cacheOf,
            List<Topology.Node> nodes) {
        return new Topology(
                IntStream.range(0, 2 * cores)
                        .mapToObj(cpu -> new Topology.Cpu(
                                cpu,
                                packageOf.applyAsInt(cpu % cores),
                                0,
                                coreOf.applyAsInt(cpu % cores),
                                nodeOf.applyAsInt(cpu % cores),
                                cacheOf.applyAsInt(cpu % cores),
                                CoreType.UNIFORM))
                        .toList(),
                nodes);
    }

    /** Nodes of 32 GiB with their distances: 10 to themselves, one to others of the socket, another to the rest. */
    private static List<Topology.Node> nodes(int count, int toASocket, int near, int far) {
        return IntStream.range(0, count)
                .mapToObj(node -> new Topology.Node(
                        node,
                        NODE_MEMORY,
                        IntStream.range(0, count)
                                .mapToObj(other ->
                                        other == node ? 10 : other / toASocket == node / toASocket ? near : far)
                                .toList()))
                .toList();
    }
}
