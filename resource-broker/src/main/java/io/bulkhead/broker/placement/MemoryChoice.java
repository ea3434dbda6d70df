package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.MemorySpread;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Chooses the nodes that memory comes from: those of the CPUs, and the nearest others where those have no room. */
final class MemoryChoice {
    private final Room room;
    private final MemorySpread spread;

    MemoryChoice(Room room) {
        this.room = room;
        this.spread = room.memory();
    }

    /** The nodes of a slice's CPUs, ascending. */
    static List<Integer> nodesOf(Machine machine, CpuSlice slice) {
        return slice instanceof CpuSlice.Whole whole ? nodesOf(machine, whole.cpus()) : machine.poolNodes();
    }

    private static List<Integer> nodesOf(Machine machine, CpuSet cpus) {
        return cpus.stream()
                .map(machine::coreOf)
                .filter(core -> core >= 0)
                .map(core -> machine.cores().get(core).nodeId())
                .distinct()
                .sorted()
                .boxed()
                .toList();
    }

    /** Whether a claim's memory finds room at all, wherever its CPUs are. */
    boolean fits(Claim claim) {
        return fitsOn(nodesAllowed(claim), claim.memory().bytes());
    }

    /** Whether memory finds room on these nodes. */
    boolean fitsOn(List<Integer> nodes, long bytes) {
        long free = nodes.stream().mapToLong(spread::free).sum();
        return free >= bytes || new MemorySpread(spread).add(nodes, bytes);
    }

    /** What nobody has of a node, bytes. */
    long free(int node) {
        return spread.free(node);
    }

    /** The most that could be had on these nodes, bytes. */
    long room(List<Integer> nodes) {
        return spread.room(nodes);
    }

    /** All nodes that a claim may have memory from: the one that it names, or all. */
    List<Integer> nodesAllowed(Claim claim) {
        Optional<Integer> named = claim.cpus() instanceof CpuClaim.Whole whole ? whole.node() : Optional.empty();
        return named.map(List::of).orElseGet(() -> room.machine().nodesByDistance(home().get(0)));
    }

    private List<Integer> home() {
        List<Integer> pool = room.machine().poolNodes();
        return pool.isEmpty() ? List.of(room.machine().topology().nodes().get(0).id()) : pool;
    }

    /** The nodes for the memory of a claim whose CPUs are chosen; empty where it does not fit. */
    Optional<NodeSet> choose(Claim claim, CpuSlice cpus) {
        long bytes = claim.memory().bytes();
        if (claim.cpus() instanceof CpuClaim.Whole whole && whole.node().isPresent()) {
            List<Integer> node = List.of(whole.node().get());
            return fitsOn(node, bytes) ? Optional.of(NodeSet.of(node)) : Optional.empty();
        }
        List<Integer> near = nodesOf(room.machine(), cpus);
        List<Integer> byDistance = room.machine().nodesByDistance(near.isEmpty() ? home().get(0) : near.get(0));
        Set<Integer> chosen =
                new LinkedHashSet<>(byDistance.stream().filter(near::contains).toList());
        List<Integer> others = new ArrayList<>(byDistance);
        others.removeAll(chosen);
        while (chosen.isEmpty() || !fitsOn(List.copyOf(chosen), bytes)) {
            if (others.isEmpty()) {
                return Optional.empty();
            }
            chosen.add(others.remove(0));
        }
        return Optional.of(NodeSet.of(chosen));
    }

    /** What a slice would have of each node, in bytes, beside all others. */
    Map<Integer, Long> share(NodeSet nodes, CpuSlice cpus, long bytes) {
        MemorySpread with = new MemorySpread(spread);
        with.add(room.order(nodes.ids(), cpus), bytes);
        return with.share(with.owners() - 1);
    }
}
