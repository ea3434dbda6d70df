package io.bulkhead.console.map;

import io.bulkhead.broker.HostView;
import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A machine of regular shape with two threads to a core, and who has which CPUs of it; CPU 0 and its sibling are the host's. */
final class LargeMachine {
    private final int packages;
    private final int nodesOfPackage;
    private final int cachesOfNode;
    private final int coresOfCache;
    private final Map<String, CpuSet> held = new TreeMap<>();
    private final List<InventoryFile.Holding> holdings = new ArrayList<>();

    LargeMachine(int packages, int nodesOfPackage, int cachesOfNode, int coresOfCache) {
        this.packages = packages;
        this.nodesOfPackage = nodesOfPackage;
        this.cachesOfNode = cachesOfNode;
        this.coresOfCache = coresOfCache;
    }

    /** Gives a partition CPUs, and memory of nodes. */
    LargeMachine holding(String name, String cpus, String nodes, String memory) {
        held.put(name, CpuSet.parse(cpus));
        Slice slice = new Slice(
                new CpuSlice.Whole(CpuSet.parse(cpus)),
                NodeSet.parse(nodes),
                ByteSize.parse(memory),
                512,
                IoSlice.UNLIMITED);
        holdings.add(new InventoryFile.Holding(new PartitionName(name), slice, true));
        return this;
    }

    private int cores() {
        return packages * nodesOfPackage * cachesOfNode * coresOfCache;
    }

    Topology topology() {
        int nodes = packages * nodesOfPackage;
        return new Topology(
                IntStream.range(0, 2 * cores())
                        .mapToObj(cpu -> {
                            int core = cpu % cores();
                            int cache = core / coresOfCache;
                            int node = cache / cachesOfNode;
                            return new Topology.Cpu(cpu, node / nodesOfPackage, 0, core, node, cache, CoreType.UNIFORM);
                        })
                        .toList(),
                IntStream.range(0, nodes)
                        .mapToObj(node -> new Topology.Node(node, ByteSize.parse("32GiB")))
                        .toList());
    }

    List<Inventory.Cache> caches() {
        return IntStream.range(0, cores() / coresOfCache)
                .mapToObj(cache -> new Inventory.Cache(
                        cache,
                        3,
                        ByteSize.parse("32MiB"),
                        CpuSet.of(topology().cpus().stream()
                                .filter(cpu -> cpu.cacheId() == cache)
                                .map(Topology.Cpu::id)
                                .toList())))
                .toList();
    }

    HostView view() {
        Topology topology = topology();
        CpuSet pool = CpuSet.of(0, cores());
        List<HostView.Owner> owners = topology.online().ids().stream()
                .map(cpu -> new HostView.Owner(
                        cpu,
                        pool.contains(cpu)
                                ? HostView.HOST
                                : held.entrySet().stream()
                                        .filter(each -> each.getValue().contains(cpu))
                                        .map(Map.Entry::getKey)
                                        .findFirst()
                                        .orElse(HostView.FREE),
                        pool.contains(cpu)))
                .toList();
        ByteSize reserve = ByteSize.parse("4GiB");
        ByteSize sliced = holdings.stream().map(each -> each.slice().memory()).reduce(ByteSize.ZERO, ByteSize::plus);
        return new HostView(
                host(topology, pool),
                topology,
                owners,
                new HostView.Memory(
                        topology.memory(),
                        reserve,
                        sliced,
                        topology.memory().minus(reserve).minus(sliced)),
                new HostView.Pool(pool, new CpuMillis(2000), new CpuMillis(500), CpuMillis.ZERO, new CpuMillis(1500)));
    }

    InventoryFile file() {
        return new InventoryFile(
                InventoryFile.VERSION,
                0,
                InstanceName.parse("test"),
                Inventory.of(topology()),
                view().host().reserve(),
                holdings);
    }

    private static HostStatus host(Topology topology, CpuSet pool) {
        return new HostStatus(
                InstanceName.parse("test"),
                "1",
                1,
                0,
                "6.1",
                "v2",
                topology.online(),
                topology.allNodes(),
                topology.memory(),
                new HostStatus.HostReserve(pool, new CpuMillis(500), ByteSize.parse("4GiB")),
                Optional.empty(),
                List.of(),
                new HostStatus.Steering(false, Optional.empty(), CpuSet.EMPTY, Optional.empty(), List.of()),
                new HostStatus.MemoryCaps(false, Optional.empty(), Optional.empty(), List.of()));
    }
}
