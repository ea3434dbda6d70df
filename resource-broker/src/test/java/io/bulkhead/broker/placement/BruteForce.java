package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.Topology.Core;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuClaim.Threads;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Tries every way to place a set on a small machine. Written from the rules, without a line of the planner: sets of CPUs are
 * bits, and each claim looks at every set of free CPUs of its size.
 */
final class BruteForce {
    private final Machine machine;
    private final List<Core> cores;
    private final List<Integer> cpus;
    private final IdentityHashMap<Core, Integer> bitsOf = new IdentityHashMap<>();

    BruteForce(Machine machine) {
        this.machine = machine;
        this.cores = machine.topology().cores();
        this.cpus = machine.topology().online().ids();
    }

    /** Whether all claims fit together on the machine without anybody else on it. */
    boolean fits(List<Claim> claims) {
        return memoryFits(claims)
                && partsFit(claims)
                && readingFits(claims)
                && sendingFits(claims)
                && volumesFit(claims)
                && devicesFit(claims)
                && cpusFit(claims);
    }

    private boolean memoryFits(List<Claim> claims) {
        long free =
                machine.topology().memory().bytes() - machine.reserve().memory().bytes();
        long asked = claims.stream().mapToLong(claim -> claim.memory().bytes()).sum();
        if (asked > free) {
            return false;
        }
        return machine.divisibleBytes().entrySet().stream()
                .allMatch(node -> claims.stream()
                                .filter(claim -> node(claim).equals(Optional.of(node.getKey())))
                                .mapToLong(claim -> claim.memory().bytes())
                                .sum()
                        <= node.getValue());
    }

    private static Optional<Integer> node(Claim claim) {
        return claim.cpus() instanceof CpuClaim.Whole whole ? whole.node() : Optional.empty();
    }

    private boolean partsFit(List<Claim> claims) {
        long asked = claims.stream()
                .filter(claim -> claim.cpus() instanceof CpuClaim.Part)
                .mapToLong(claim -> ((CpuClaim.Part) claim.cpus()).amount().millis())
                .sum();
        return asked <= machine.reserve().entitlements().millis();
    }

    private boolean readingFits(List<Claim> claims) {
        long asked = claims.stream()
                .mapToLong(claim -> claim.io().read().fold(rate -> rate.bytesPerSecond(), 0L))
                .sum();
        return machine.capacity()
                .io()
                .read()
                .map(stated -> asked <= stated.bytesPerSecond())
                .orElse(true);
    }

    private boolean sendingFits(List<Claim> claims) {
        long asked = claims.stream()
                .flatMap(claim -> claim.network().stream())
                .mapToLong(network -> network.out().fold(rate -> rate.bitsPerSecond(), 0L))
                .sum();
        return machine.capacity()
                .network()
                .out()
                .map(stated -> asked <= stated.bitsPerSecond())
                .orElse(true);
    }

    private boolean volumesFit(List<Claim> claims) {
        long asked = claims.stream()
                .flatMap(claim -> claim.storage().stream())
                .mapToLong(storage -> storage.bytes().bytes())
                .sum();
        return machine.capacity().storage().map(known -> asked <= known.bytes()).orElse(true);
    }

    private static boolean devicesFit(List<Claim> claims) {
        List<String> all = new ArrayList<>();
        for (Claim claim : claims) {
            claim.storage().ifPresent(storage -> all.addAll(storage.disks()));
            claim.network().flatMap(network -> network.device()).ifPresent(all::add);
        }
        return all.stream().distinct().count() == all.size();
    }

    private boolean cpusFit(List<Claim> claims) {
        List<CpuClaim.Whole> wholes = new ArrayList<>();
        claims.forEach(claim -> {
            if (claim.cpus() instanceof CpuClaim.Whole whole) {
                wholes.add(whole);
            }
        });
        if (cpus.size() > 30) {
            throw new IllegalArgumentException("too large to try everything");
        }
        int pool = 0;
        for (int i = 0; i < cpus.size(); i++) {
            if (machine.reserve().pool().contains(cpus.get(i))) {
                pool |= 1 << i;
            }
        }
        return place(wholes, wholes.stream().map(this::suiting).toList(), 0, pool, new HashSet<>());
    }

    /** Every set of CPUs, free or not, that a claim would take. */
    private int[] suiting(CpuClaim.Whole claim) {
        return IntStream.range(0, 1 << cpus.size())
                .filter(set -> Integer.bitCount(set) == claim.count() && suits(claim, set))
                .toArray();
    }

    /**
     * Whether the claims from an index on find CPUs beside those taken; cores held whole are taken to the last thread.
     *
     * @param failed from which index and beside which CPUs it was tried in vain: a few claims that many sets suit are
     *     otherwise tried for hours
     */
    private boolean place(
            List<CpuClaim.Whole> claims, List<int[]> suiting, int index, int taken, Set<List<Integer>> failed) {
        if (index == claims.size()) {
            return true;
        }
        if (failed.contains(List.of(index, taken))) {
            return false;
        }
        for (int set : suiting.get(index)) {
            if ((set & taken) == 0
                    && !sharesACore(claims.get(index), set, taken)
                    && place(claims, suiting, index + 1, taken | set, failed)) {
                return true;
            }
        }
        failed.add(List.of(index, taken));
        return false;
    }

    private boolean sharesACore(CpuClaim.Whole claim, int set, int taken) {
        return claim.threads() == Threads.WHOLE_CORE
                && cores.stream().map(this::bits).anyMatch(core -> (core & set) != 0 && (core & taken) != 0);
    }

    private boolean suits(CpuClaim.Whole claim, int set) {
        if (claim.ids().isPresent()) {
            BitSet wanted = new BitSet();
            claim.ids().get().stream().forEach(wanted::set);
            for (int i = 0; i < cpus.size(); i++) {
                if (wanted.get(cpus.get(i)) != ((set >> i & 1) == 1)) {
                    return false;
                }
            }
        }
        List<Core> touched =
                cores.stream().filter(core -> (bits(core) & set) != 0).toList();
        boolean whole = claim.threads() == Threads.ANY || touched.stream().allMatch(core -> (bits(core) & ~set) == 0);
        boolean node = claim.node()
                .map(id -> touched.stream().allMatch(core -> core.nodeId() == id))
                .orElse(true);
        boolean cache = !claim.oneCache()
                || touched.stream().map(Core::cacheId).distinct().count() == 1;
        boolean type = claim.coreType()
                .map(wanted -> touched.stream().allMatch(core -> core.coreType() == wanted))
                .orElse(claim.ids().isPresent()
                        || touched.stream().map(Core::coreType).distinct().count() == 1);
        return whole && node && cache && type;
    }

    private int bits(Core core) {
        return bitsOf.computeIfAbsent(core, each -> {
            int bits = 0;
            for (int i = 0; i < cpus.size(); i++) {
                bits |= each.threads().contains(cpus.get(i)) ? 1 << i : 0;
            }
            return bits;
        });
    }
}
