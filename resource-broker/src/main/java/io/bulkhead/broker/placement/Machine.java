package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.Core;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.hardware.Topology.Node;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What there is to divide: the hardware without anybody on it, and what the host keeps of it. Immutable; made once for
 * many questions, because sorting a thousand CPUs takes longer than placing a claim.
 *
 * <p>Cores are named by their position in {@link #cores}, from 0.
 */
public final class Machine {
    private final Topology topology;
    private final HostReserve reserve;
    private final Map<String, Device> devices = new TreeMap<>();
    private final Capacity capacity;
    private final List<Core> cores;
    private final int[] sizes;
    private final int[] coreOf;
    private final List<CoreType> types;
    private final List<Integer> poolNodes;
    private final Map<Integer, List<Integer>> coresOfCache = new TreeMap<>();
    private final Map<Integer, List<Integer>> coresOfNode = new TreeMap<>();
    private final Map<Integer, Long> hostBytes = new TreeMap<>();
    private final Map<Integer, Long> divisibleBytes = new TreeMap<>();

    /**
     * @param topology the hardware that is divided
     * @param reserve what the host keeps
     * @param devices the disks and network interfaces, names unique
     * @param capacity what it has of things that are shared out as sums
     */
    public Machine(Topology topology, HostReserve reserve, List<Device> devices, Capacity capacity) {
        this.topology = topology;
        this.reserve = reserve;
        this.capacity = capacity;
        devices.forEach(device -> this.devices.put(device.name(), device));
        cores = topology.cores();
        sizes = cores.stream().mapToInt(core -> core.threads().size()).toArray();
        int highest = topology.cpus().get(topology.cpus().size() - 1).id();
        coreOf = new int[highest + 1];
        Arrays.fill(coreOf, -1);
        for (int core = 0; core < cores.size(); core++) {
            int each = core;
            cores.get(core).threads().stream().forEach(cpu -> coreOf[cpu] = each);
            coresOfCache
                    .computeIfAbsent(cores.get(core).cacheId(), none -> new ArrayList<>())
                    .add(core);
            coresOfNode
                    .computeIfAbsent(cores.get(core).nodeId(), none -> new ArrayList<>())
                    .add(core);
        }
        poolNodes = topology.nodesOf(reserve.pool()).ids();
        types = List.of(CoreType.PERFORMANCE, CoreType.UNIFORM, CoreType.EFFICIENCY).stream()
                .filter(type -> cores.stream().anyMatch(core -> core.coreType() == type))
                .toList();
        layHostMemory();
    }

    /** One that tells no devices and no capacity of its disk. */
    public Machine(Topology topology, HostReserve reserve) {
        this(topology, reserve, List.of(), Capacity.UNKNOWN);
    }

    /** The host's own memory lies on the nodes of its pool, the lowest first, then on those that are nearest to them. */
    private void layHostMemory() {
        List<Integer> pool = poolNodes;
        int home = pool.isEmpty() ? topology.nodes().get(0).id() : pool.get(0);
        List<Node> order = topology.nodes().stream()
                .sorted(Comparator.<Node, Boolean>comparing(node -> !pool.contains(node.id()))
                        .thenComparing(node -> pool.contains(node.id()) ? 0 : topology.distance(home, node.id()))
                        .thenComparing(Node::id))
                .toList();
        long left = reserve.memory().bytes();
        for (Node node : order) {
            long piece = Math.min(left, node.memory().bytes());
            hostBytes.put(node.id(), piece);
            divisibleBytes.put(node.id(), node.memory().bytes() - piece);
            left -= piece;
        }
    }

    public Topology topology() {
        return topology;
    }

    /** What the host keeps. */
    public HostReserve reserve() {
        return reserve;
    }

    /** What it has of things that are shared out as sums. */
    public Capacity capacity() {
        return capacity;
    }

    /** The device of that name, if there is one. */
    public Optional<Device> device(String name) {
        return Optional.ofNullable(devices.get(name));
    }

    /** The names of all devices, ascending. */
    public List<String> deviceNames() {
        return List.copyOf(devices.keySet());
    }

    /** The cores in ascending order of their lowest CPU. */
    public List<Core> cores() {
        return cores;
    }

    /** How many threads of a core are online. */
    int size(int core) {
        return sizes[core];
    }

    /** The core of a CPU, or -1 for one that is not online. */
    int coreOf(int cpu) {
        return cpu < coreOf.length ? coreOf[cpu] : -1;
    }

    /** The kinds of cores there are, in the order in which they are preferred. */
    List<CoreType> types() {
        return types;
    }

    /** The nodes of the host's pool, ascending. */
    List<Integer> poolNodes() {
        return poolNodes;
    }

    /** The cores of each last-level cache, both ascending. */
    Map<Integer, List<Integer>> coresOfCache() {
        return coresOfCache;
    }

    /** The cores of each node that has some, both ascending. */
    Map<Integer, List<Integer>> coresOfNode() {
        return coresOfNode;
    }

    /** What the host keeps of the memory of each node, in bytes. */
    public Map<Integer, Long> hostBytes() {
        return new LinkedHashMap<>(hostBytes);
    }

    /** What the host leaves of the memory of each node, in bytes. */
    public Map<Integer, Long> divisibleBytes() {
        return new LinkedHashMap<>(divisibleBytes);
    }

    /** The nodes that have memory, the nearest to one of them first; ties by the lowest id. */
    List<Integer> nodesByDistance(int from) {
        return topology.nodes().stream()
                .filter(node -> node.memory().bytes() > 0)
                .map(Node::id)
                .sorted(Comparator.<Integer>comparingInt(node -> topology.distance(from, node))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }
}
