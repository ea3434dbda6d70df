package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology.Core;
import io.bulkhead.contract.partition.CpuClaim;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Chooses whole CPUs out of those that are free: one node if it fits, then the lowest. */
final class CpuChoice {
    private CpuChoice() {}

    /**
     * @param cores all cores of the machine, ascending
     * @param taken every CPU that cannot be had
     * @param claim of a shape that this machine can have
     * @return as many CPUs as claimed; empty where they are not free
     */
    static Optional<CpuSet> choose(List<Core> cores, CpuSet taken, CpuClaim.Whole claim) {
        if (claim.ids().isPresent()) {
            return claim.ids().filter(ids -> !ids.intersects(taken));
        }
        if (claim.node().isPresent()) {
            return on(onNode(cores, claim.node().get()), taken, claim);
        }
        return cores.stream()
                .collect(Collectors.groupingBy(Core::nodeId, TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(ofNode -> on(ofNode, taken, claim))
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> on(cores, taken, claim));
    }

    static List<Core> onNode(List<Core> cores, int node) {
        return cores.stream().filter(core -> core.nodeId() == node).toList();
    }

    private static Optional<CpuSet> on(List<Core> cores, CpuSet taken, CpuClaim.Whole claim) {
        return claim.threads() == CpuClaim.Threads.WHOLE_CORE
                ? wholeCores(
                        cores.stream()
                                .filter(core -> !core.threads().intersects(taken))
                                .toList(),
                        claim.count())
                : anyThreads(cores, taken, claim.count());
    }

    /** Threads of cores that are divided already come first, so that whole cores stay whole. */
    private static Optional<CpuSet> anyThreads(List<Core> cores, CpuSet taken, int count) {
        List<Integer> free = cores.stream()
                .sorted(Comparator.comparing((Core core) -> !core.threads().intersects(taken))
                        .thenComparing(Core::firstCpu))
                .flatMap(core -> core.threads().minus(taken).ids().stream())
                .limit(count)
                .toList();
        return Optional.of(free).filter(ids -> ids.size() == count).map(CpuSet::of);
    }

    /** The lowest cores whose threads add up to the count; with cores of several sizes the lowest may have to be left. */
    private static Optional<CpuSet> wholeCores(List<Core> free, int count) {
        List<BigInteger> sums = sums(free);
        if (!sums.get(0).testBit(count)) {
            return Optional.empty();
        }
        CpuSet chosen = CpuSet.EMPTY;
        int left = count;
        for (int i = 0; left > 0; i++) {
            int size = free.get(i).threads().size();
            if (size <= left && sums.get(i + 1).testBit(left - size)) {
                chosen = chosen.union(free.get(i).threads());
                left -= size;
            }
        }
        return Optional.of(chosen);
    }

    /** For each position the set of counts (bit n for n CPUs) that the cores from there on can make. */
    private static List<BigInteger> sums(List<Core> cores) {
        List<BigInteger> sums = new ArrayList<>(List.of(BigInteger.ONE));
        for (int i = cores.size() - 1; i >= 0; i--) {
            BigInteger behind = sums.get(sums.size() - 1);
            sums.add(behind.or(behind.shiftLeft(cores.get(i).threads().size())));
        }
        Collections.reverse(sums);
        return sums;
    }

    /** The counts (bit n for n CPUs) that whole cores of these can make. */
    static BigInteger possibleCounts(List<Core> cores) {
        return sums(cores).get(0);
    }
}
