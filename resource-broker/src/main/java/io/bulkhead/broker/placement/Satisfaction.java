package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology.Core;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import java.util.List;
import java.util.Optional;

/** Whether CPUs are what a claim asks, whoever else has them. */
final class Satisfaction {
    private Satisfaction() {}

    static boolean holds(Machine machine, CpuClaim claim, CpuSlice slice) {
        if (claim instanceof CpuClaim.Part) {
            return slice instanceof CpuSlice.Part;
        }
        CpuClaim.Whole whole = (CpuClaim.Whole) claim;
        return slice instanceof CpuSlice.Whole held && holds(machine, whole, held.cpus());
    }

    private static boolean holds(Machine machine, CpuClaim.Whole claim, CpuSet cpus) {
        if (cpus.size() != claim.count() || !machine.topology().online().containsAll(cpus)) {
            return false;
        }
        if (claim.ids().isPresent() && !claim.ids().get().equals(cpus)) {
            return false;
        }
        List<Core> cores = machine.cores().stream()
                .filter(core -> core.threads().intersects(cpus))
                .toList();
        boolean whole = claim.threads() == CpuClaim.Threads.ANY
                || cores.stream().allMatch(core -> cpus.containsAll(core.threads()));
        return whole
                && claim.node()
                        .map(node -> cores.stream().allMatch(core -> core.nodeId() == node))
                        .orElse(true)
                && (!claim.oneCache()
                        || cores.stream().map(Core::cacheId).distinct().count() == 1)
                && typeHolds(claim, cores);
    }

    /** CPUs that a claim names may be of two types, unless it names the type as well. */
    private static boolean typeHolds(CpuClaim.Whole claim, List<Core> cores) {
        List<CoreType> types = cores.stream().map(Core::coreType).distinct().toList();
        return claim.coreType()
                .map(type -> types.equals(List.of(type)))
                .orElse(claim.ids().isPresent() || types.size() == 1);
    }

    /** What of a claim's own names its ids contradict: the node, the cache or the type; empty where nothing. */
    static Optional<String> contradiction(Machine machine, CpuClaim.Whole claim, CpuSet ids) {
        List<Core> cores = machine.cores().stream()
                .filter(core -> core.threads().intersects(ids))
                .toList();
        if (claim.oneCache() && cores.stream().map(Core::cacheId).distinct().count() > 1) {
            return Optional.of(Words.cpus(ids) + " have more than one last-level cache");
        }
        return typeHolds(claim, cores)
                ? Optional.empty()
                : Optional.of(Words.cpus(ids) + " are not all on "
                        + Words.type(claim.coreType().orElseThrow()) + " cores");
    }
}
