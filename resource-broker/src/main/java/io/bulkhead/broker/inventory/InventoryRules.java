package io.bulkhead.broker.inventory;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the parts of an inventory file must agree on: a plan on one that contradicts itself would mean nothing. */
final class InventoryRules {
    private InventoryRules() {}

    /** The first contradiction, with the member where it shows; empty where there is none. */
    static Optional<String> firstContradiction(InventoryFile file) {
        List<String> found = new ArrayList<>();
        topology(file.inventory().topology(), found);
        reserve(file, found);
        holdings(file, found);
        return found.stream().findFirst();
    }

    private static void topology(Topology topology, List<String> found) {
        List<Topology.Node> nodes = topology.nodes();
        if (topology.allNodes().size() != nodes.size()) {
            found.add("inventory.topology.nodes: a node is listed twice");
        }
        Map<String, Topology.Cpu> cores = new LinkedHashMap<>();
        for (Topology.Cpu cpu : topology.cpus()) {
            Topology.Cpu other = cores.putIfAbsent(cpu.packageId() + "/" + cpu.coreId(), cpu);
            if (other != null
                    && (other.nodeId() != cpu.nodeId()
                            || other.cacheId() != cpu.cacheId()
                            || other.coreType() != cpu.coreType())) {
                found.add("inventory.topology.cpus: CPUs " + other.id() + " and " + cpu.id()
                        + " are of one core, but not of one node, cache and type");
            }
        }
    }

    private static void reserve(InventoryFile file, List<String> found) {
        CpuSet unknown = file.reserve().pool().minus(known(file));
        if (!unknown.isEmpty()) {
            found.add("reserve.pool: the machine has no CPUs " + unknown);
        }
        if (file.reserve().cpu().millis() > 1000L * file.reserve().pool().size()) {
            found.add("reserve.cpuMillis: is more than the pool of "
                    + file.reserve().pool().size() + " CPUs has");
        }
    }

    private static void holdings(InventoryFile file, List<String> found) {
        NodeSet nodes = file.inventory().topology().allNodes();
        Map<String, CpuSet> earlier = new LinkedHashMap<>();
        for (InventoryFile.Holding holding : file.holdings()) {
            String at = "holdings of " + holding.name() + ": ";
            CpuSet cpus = holding.slice().wholeCpus();
            if (!known(file).containsAll(cpus)) {
                found.add(at + "slice.cpus: the machine has no CPUs " + cpus.minus(known(file)));
            }
            if (!nodes.containsAll(holding.slice().memoryNodes())) {
                found.add(at + "slice.memoryNodes: the machine has no nodes "
                        + holding.slice().memoryNodes().minus(nodes));
            }
            if (cpus.intersects(file.reserve().pool())) {
                found.add(
                        at + "slice.cpus: " + cpus.intersection(file.reserve().pool()) + " are of the host's pool too");
            }
            earlier.forEach((name, theirs) -> {
                if (theirs.intersects(cpus)) {
                    found.add(at + "slice.cpus: " + theirs.intersection(cpus) + " are held by " + name + " too");
                }
            });
            if (earlier.put(holding.name().value(), cpus) != null) {
                found.add(at + "the partition is listed twice");
            }
        }
    }

    /** Offline CPUs are the machine's too: a holding keeps them. */
    private static CpuSet known(InventoryFile file) {
        return file.inventory().topology().online().union(file.inventory().offline());
    }
}
