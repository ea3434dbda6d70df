package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.partition.CpuClaim;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cores among which all CPUs of a claim may be chosen freely: of one kind, and of one last-level cache or node where the
 * claim says so. A claim can be had if one of its scopes has room for all of it.
 *
 * @param type the kind of all its cores
 * @param cores ascending
 */
record Scope(CoreType type, List<Integer> cores) {
    /** All scopes of a claim that names no CPUs, in the order in which they are preferred. */
    static List<Scope> of(Machine machine, CpuClaim.Whole claim) {
        List<Scope> scopes = new ArrayList<>();
        for (CoreType type : claim.coreType().map(List::of).orElse(machine.types())) {
            for (List<Integer> place : places(machine, claim)) {
                List<Integer> cores = ofType(machine, place, type);
                if (!cores.isEmpty()) {
                    scopes.add(new Scope(type, cores));
                }
            }
        }
        return scopes;
    }

    private static List<List<Integer>> places(Machine machine, CpuClaim.Whole claim) {
        if (claim.oneCache()) {
            return machine.coresOfCache().values().stream()
                    .map(cores -> claim.node()
                            .map(node -> cores.stream()
                                    .filter(core -> machine.cores().get(core).nodeId() == node)
                                    .toList())
                            .orElse(cores))
                    .toList();
        }
        return List.of(claim.node()
                .map(node -> machine.coresOfNode().getOrDefault(node, List.of()))
                .orElseGet(() -> all(machine)));
    }

    static List<Integer> all(Machine machine) {
        return IntStream.range(0, machine.cores().size()).boxed().toList();
    }

    static List<Integer> ofType(Machine machine, List<Integer> cores, CoreType type) {
        return machine.types().size() == 1
                ? cores
                : cores.stream()
                        .filter(core -> machine.cores().get(core).coreType() == type)
                        .toList();
    }

    // ---- what can be made of cores

    /** Whether a claim finds room among these cores. */
    static boolean fits(Room room, List<Integer> cores, CpuClaim.Whole claim) {
        if (claim.threads() == CpuClaim.Threads.ANY) {
            return freeThreads(room, cores) >= claim.count();
        }
        List<Integer> whole = room.whole(cores);
        int size = oneSize(room.machine(), whole);
        return size > 0
                ? claim.count() % size == 0 && claim.count() / size <= whole.size()
                : possibleCounts(room.machine(), whole).testBit(claim.count());
    }

    /** The most CPUs that a claim of this kind could have among these cores. */
    static int largest(Room room, List<Integer> cores, CpuClaim.Threads threads) {
        return threads == CpuClaim.Threads.ANY
                ? freeThreads(room, cores)
                : room.whole(cores).stream().mapToInt(room.machine()::size).sum();
    }

    private static int freeThreads(Room room, List<Integer> cores) {
        return cores.stream().mapToInt(room::free).sum();
    }

    /** The size of all these cores in threads; 0 where they differ or there are none. */
    static int oneSize(Machine machine, List<Integer> cores) {
        int size = cores.isEmpty() ? 0 : machine.size(cores.get(0));
        return cores.stream().allMatch(core -> machine.size(core) == size) ? size : 0;
    }

    /** The counts (bit n for n CPUs) that whole cores of these can make. */
    static BigInteger possibleCounts(Machine machine, List<Integer> cores) {
        return sums(machine, cores).get(0);
    }

    /** For each position the set of counts (bit n for n CPUs) that the cores from there on can make. */
    static List<BigInteger> sums(Machine machine, List<Integer> cores) {
        List<BigInteger> sums = new ArrayList<>(List.of(BigInteger.ONE));
        for (int i = cores.size() - 1; i >= 0; i--) {
            BigInteger behind = sums.get(sums.size() - 1);
            sums.add(behind.or(behind.shiftLeft(machine.size(cores.get(i)))));
        }
        Collections.reverse(sums);
        return sums;
    }
}
