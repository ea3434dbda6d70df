package io.bulkhead.contract.hardware;

import io.bulkhead.contract.unit.ByteSize;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How the online CPUs and the memory of a machine are arranged: packages, dies, NUMA nodes, last-level caches, cores,
 * threads.
 *
 * @param cpus the online CPUs, ascending by id, ids unique
 * @param nodes the NUMA nodes, ascending by id; at least one (a machine without NUMA has node 0)
 */
public record Topology(List<Cpu> cpus, List<Node> nodes) {
    /** The distance of a node to itself, as firmware tells distances (ACPI, SLIT). */
    public static final int LOCAL_DISTANCE = 10;

    /** The distance of another node where the machine does not tell. */
    public static final int REMOTE_DISTANCE = 20;

    /** What a core was built for, on machines that mix two kinds. */
    public enum CoreType {
        /** The machine has one kind, or does not tell. */
        UNIFORM,
        /** Fast ones. */
        PERFORMANCE,
        /** Thrifty ones. */
        EFFICIENCY
    }

    /**
     * One logical CPU (a hardware thread).
     *
     * @param id as the kernel numbers it
     * @param packageId physical package (socket)
     * @param dieId die within the package
     * @param coreId core within the package
     * @param nodeId NUMA node
     * @param cacheId its last-level cache, one number for each cache of the machine
     * @param coreType what its core was built for
     */
    public record Cpu(int id, int packageId, int dieId, int coreId, int nodeId, int cacheId, CoreType coreType) {
        /** One of a machine with one die to a package, one last-level cache to a node and one kind of core. */
        public Cpu(int id, int packageId, int coreId, int nodeId) {
            this(id, packageId, 0, coreId, nodeId, nodeId, CoreType.UNIFORM);
        }
    }

    /**
     * One NUMA node.
     *
     * @param id as the kernel numbers it
     * @param memory RAM of the node that the kernel manages
     * @param distances to each node of the machine, ascending by the other node's id; empty where the machine does not tell
     */
    public record Node(int id, ByteSize memory, List<Integer> distances) {
        public Node {
            distances = List.copyOf(distances);
        }

        /** One that does not tell distances. */
        public Node(int id, ByteSize memory) {
            this(id, memory, List.of());
        }
    }

    /**
     * One physical core and its threads.
     *
     * @param packageId physical package
     * @param coreId core within the package
     * @param nodeId NUMA node
     * @param cacheId its last-level cache, one number for each cache of the machine
     * @param coreType what it was built for
     * @param threads the online logical CPUs of the core
     */
    public record Core(int packageId, int coreId, int nodeId, int cacheId, CoreType coreType, CpuSet threads) {
        /** One of a machine with one last-level cache to a node and one kind of core. */
        public Core(int packageId, int coreId, int nodeId, CpuSet threads) {
            this(packageId, coreId, nodeId, nodeId, CoreType.UNIFORM, threads);
        }

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
        for (Node node : nodes) {
            if (!node.distances().isEmpty() && node.distances().size() != nodes.size()) {
                throw new IllegalArgumentException("node " + node.id() + " tells "
                        + node.distances().size() + " distances, there are " + nodes.size() + " nodes");
            }
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
                        entry.getValue().get(0).cacheId(),
                        entry.getValue().get(0).coreType(),
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

    /** How far one node is from another, 10 for itself; see {@link #LOCAL_DISTANCE}. Both are nodes of this machine. */
    public int distance(int from, int to) {
        List<Integer> told = node(from).orElseThrow().distances();
        if (told.isEmpty()) {
            return from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
        }
        return told.get(allNodes().ids().indexOf(to));
    }

    /** RAM of all nodes. */
    public ByteSize memory() {
        return nodes.stream().map(Node::memory).reduce(ByteSize.ZERO, ByteSize::plus);
    }
}
