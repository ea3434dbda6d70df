package io.bulkhead.contract.hardware;

import io.bulkhead.contract.unit.ByteSize;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How the online CPUs and the memory of a machine are arranged: packages, NUMA nodes, cores, threads.
 *
 * @param cpus the online CPUs, ascending by id, ids unique
 * @param nodes the NUMA nodes, ascending by id; at least one (a machine without NUMA has node 0)
 */
public record Topology(List<Cpu> cpus, List<Node> nodes) {
    /**
     * One logical CPU (a hardware thread).
     *
     * @param id as the kernel numbers it
     * @param packageId physical package (socket)
     * @param coreId core within the package
     * @param nodeId NUMA node
     */
    public record Cpu(int id, int packageId, int coreId, int nodeId) {}

    /**
     * One NUMA node.
     *
     * @param id as the kernel numbers it
     * @param memory RAM of the node that the kernel manages
     */
    public record Node(int id, ByteSize memory) {}

    /**
     * One physical core and its threads.
     *
     * @param packageId physical package
     * @param coreId core within the package
     * @param nodeId NUMA node
     * @param threads the online logical CPUs of the core
     */
    public record Core(int packageId, int coreId, int nodeId, CpuSet threads) {
        /** The lowest logical CPU of the core. */
        public int firstCpu() {
            return threads.ids().get(0);
        }
    }

    public Topology {
        cpus = cpus.stream().sorted(Comparator.comparingInt(Cpu::id)).toList();
        nodes = nodes.stream().sorted(Comparator.comparingInt(Node::id)).toList();
        if (cpus.isEmpty() || nodes.isEmpty()) {
            throw new IllegalArgumentException("a topology has at least one CPU and one node");
        }
        if (cpus.stream().map(Cpu::id).distinct().count() != cpus.size()) {
            throw new IllegalArgumentException("a CPU is listed twice");
        }
        for (Cpu cpu : cpus) {
            if (nodes.stream().noneMatch(node -> node.id() == cpu.nodeId())) {
                throw new IllegalArgumentException("CPU " + cpu.id() + " is on the unlisted node " + cpu.nodeId());
            }
        }
    }

    /** All online CPUs. */
    public CpuSet online() {
        return CpuSet.of(cpus.stream().map(Cpu::id).toList());
    }

    /** The cores in ascending order of their lowest CPU. */
    public List<Core> cores() {
        record Key(int packageId, int coreId) {}
        var threads = cpus.stream()
                .collect(Collectors.groupingBy(
                        cpu -> new Key(cpu.packageId(), cpu.coreId()),
                        () -> new TreeMap<>(
                                Comparator.comparingInt(Key::packageId).thenComparingInt(Key::coreId)),
                        Collectors.toList()));
        return threads.entrySet().stream()
                .map(entry -> new Core(
                        entry.getKey().packageId(),
                        entry.getKey().coreId(),
                        entry.getValue().get(0).nodeId(),
                        CpuSet.of(entry.getValue().stream().map(Cpu::id).toList())))
                .sorted(Comparator.comparingInt(Core::firstCpu))
                .toList();
    }

    /** The nodes on which these CPUs are. */
    public NodeSet nodesOf(CpuSet set) {
        return NodeSet.of(cpus.stream()
                .filter(cpu -> set.contains(cpu.id()))
                .map(Cpu::nodeId)
                .distinct()
                .toList());
    }

    /** All nodes. */
    public NodeSet allNodes() {
        return NodeSet.of(nodes.stream().map(Node::id).toList());
    }

    public Optional<Node> node(int id) {
        return nodes.stream().filter(node -> node.id() == id).findFirst();
    }

    /** RAM of all nodes. */
    public ByteSize memory() {
        return nodes.stream().map(Node::memory).reduce(ByteSize.ZERO, ByteSize::plus);
    }
}
