package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.MemorySpread;
import io.bulkhead.contract.hardware.Topology.Node;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.unit.ByteSize;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How scattered what is free is: the largest claims of whole cores that would fit now, beside all that is free together.
 *
 * @param freeCpus CPUs of cores that are nobody's
 * @param largestOnOneNode the most of them that one claim could have on one node
 * @param largestInOneCache the most of them that one claim could have in one last-level cache
 * @param nodes in the order of their ids
 */
public record Fragmentation(int freeCpus, int largestOnOneNode, int largestInOneCache, List<NodeRoom> nodes) {
    /**
     * What is free on a node.
     *
     * @param node as the kernel numbers it
     * @param freeCores cores that are nobody's
     * @param freeCpus their CPUs
     * @param looseCpus CPUs that are nobody's, of cores that are divided already
     * @param freeMemory memory that is nobody's
     * @param caches in the order of their ids
     */
    public record NodeRoom(
            int node, int freeCores, int freeCpus, int looseCpus, ByteSize freeMemory, List<CacheRoom> caches) {
        public NodeRoom {
            caches = List.copyOf(caches);
        }
    }

    /**
     * What is free behind a last-level cache, of one node.
     *
     * @param cache its number
     * @param freeCores cores that are nobody's
     * @param freeCpus their CPUs
     */
    public record CacheRoom(int cache, int freeCores, int freeCpus) {}

    public Fragmentation {
        nodes = List.copyOf(nodes);
    }

    /** Works it out. */
    public static Fragmentation of(Machine machine, Holdings holdings) {
        Room room = new Room(machine, holdings);
        MemorySpread memory = room.memory();
        List<NodeRoom> nodes = new ArrayList<>();
        for (Node node : machine.topology().nodes()) {
            List<Integer> cores = machine.coresOfNode().getOrDefault(node.id(), List.of());
            nodes.add(new NodeRoom(
                    node.id(),
                    room.whole(cores).size(),
                    free(room, cores),
                    cores.stream()
                            .filter(core -> !room.isWhole(core))
                            .mapToInt(room::free)
                            .sum(),
                    new ByteSize(memory.free(node.id())),
                    caches(room, cores)));
        }
        return new Fragmentation(
                free(room, Scope.all(machine)),
                largest(room, machine.coresOfNode().values()),
                largest(room, machine.coresOfCache().values()),
                nodes);
    }

    private static List<CacheRoom> caches(Room room, List<Integer> cores) {
        Map<Integer, List<Integer>> byCache = cores.stream()
                .collect(Collectors.groupingBy(core -> room.core(core).cacheId(), TreeMap::new, Collectors.toList()));
        return byCache.entrySet().stream()
                .map(each ->
                        new CacheRoom(each.getKey(), room.whole(each.getValue()).size(), free(room, each.getValue())))
                .toList();
    }

    /** Cores of two types are never mixed. */
    private static int largest(Room room, Collection<List<Integer>> places) {
        return places.stream()
                .flatMap(
                        cores -> room.machine().types().stream().map(type -> Scope.ofType(room.machine(), cores, type)))
                .mapToInt(cores -> free(room, cores))
                .max()
                .orElse(0);
    }

    private static int free(Room room, List<Integer> cores) {
        return Scope.largest(room, cores, CpuClaim.Threads.WHOLE_CORE);
    }
}
