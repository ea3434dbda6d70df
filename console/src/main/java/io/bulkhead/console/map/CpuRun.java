package io.bulkhead.console.map;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Cores beside each other with the same owner, all of one kind and with as many threads.
 *
 * @param alike what they have in common
 * @param cores how many of them are in each place
 * @param cpus all their threads
 */
record CpuRun(Alike alike, SortedMap<Place, Integer> cores, CpuSet cpus) {
    /** Where a core is, from the largest part of the machine to the smallest. */
    record Place(int packageId, int nodeId, int cacheId) implements Comparable<Place> {
        static Place of(Topology.Core core) {
            return new Place(core.packageId(), core.nodeId(), core.cacheId());
        }

        List<Integer> cache() {
            return List.of(packageId, nodeId, cacheId);
        }

        List<Integer> node() {
            return List.of(packageId, nodeId);
        }

        List<Integer> socket() {
            return List.of(packageId);
        }

        List<Integer> machine() {
            return List.of();
        }

        @Override
        public int compareTo(Place other) {
            int byPackage = Integer.compare(packageId, other.packageId);
            int byNode = byPackage != 0 ? byPackage : Integer.compare(nodeId, other.nodeId);
            return byNode != 0 ? byNode : Integer.compare(cacheId, other.cacheId);
        }
    }

    /**
     * What cores of one line have in common.
     *
     * @param owner a partition's name or what else stands for the owner
     * @param type what they were built for
     * @param threads of each
     */
    record Alike(String owner, Topology.CoreType type, int threads) {}

    static CpuRun of(Topology.Core core, String owner) {
        SortedMap<Place, Integer> one = new TreeMap<>(Map.of(Place.of(core), 1));
        return new CpuRun(new Alike(owner, core.coreType(), core.threads().size()), one, core.threads());
    }

    /** This and another one. */
    CpuRun with(CpuRun other) {
        SortedMap<Place, Integer> all = new TreeMap<>(cores);
        other.cores.forEach((place, count) -> all.merge(place, count, Integer::sum));
        return new CpuRun(alike, all, cpus.union(other.cpus));
    }

    int coreCount() {
        return cores.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Whether it has all cores of every part of the machine that it is in; a part is what {@code partOf} makes of places. */
    boolean isWhole(Function<Place, List<Integer>> partOf, Map<List<Integer>, Integer> coresOfParts) {
        Map<List<Integer>, Integer> own = new HashMap<>();
        cores.forEach((place, count) -> own.merge(partOf.apply(place), count, Integer::sum));
        return own.entrySet().stream().allMatch(part -> part.getValue().equals(coresOfParts.get(part.getKey())));
    }
}
