package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.Core;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.CpuClaim;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Claims that this machine could not satisfy even if nobody held anything. */
final class Shape {
    private Shape() {}

    /** Why a claim does not fit the arrangement of the machine, if it does not. */
    static Optional<Problem> misfit(Topology topology, List<Core> cores, CpuClaim.Whole claim) {
        if (claim.node().isPresent() && topology.node(claim.node().get()).isEmpty()) {
            return misfit(
                    "there is no node " + claim.node().get() + "; the nodes of this host are " + topology.allNodes(),
                    "name one of these nodes, or leave the node open");
        }
        if (claim.ids().isPresent()) {
            return misfitOfIds(topology, cores, claim, claim.ids().get());
        }
        List<Core> eligible =
                claim.node().map(node -> CpuChoice.onNode(cores, node)).orElse(cores);
        return claim.threads() == CpuClaim.Threads.WHOLE_CORE ? misfitOfCount(eligible, claim) : Optional.empty();
    }

    private static Optional<Problem> misfitOfIds(
            Topology topology, List<Core> cores, CpuClaim.Whole claim, CpuSet ids) {
        CpuSet offline = ids.minus(topology.online());
        if (!offline.isEmpty()) {
            return misfit(
                    Words.cpus(offline) + (offline.size() == 1 ? " is" : " are") + " not online; online are "
                            + topology.online(),
                    "name online CPUs, or give a count instead of ids");
        }
        if (claim.node().isPresent()
                && !topology.nodesOf(ids).ids().equals(List.of(claim.node().get()))) {
            return misfit(
                    Words.cpus(ids) + " are on node " + topology.nodesOf(ids) + ", not all on node "
                            + claim.node().get(),
                    "leave the node out, or name CPUs of that node");
        }
        CpuSet torn = cores.stream()
                .filter(core -> core.threads().intersects(ids))
                .map(core -> core.threads().minus(ids))
                .reduce(CpuSet.EMPTY, CpuSet::union);
        if (claim.threads() == CpuClaim.Threads.WHOLE_CORE && !torn.isEmpty()) {
            return misfit(
                    Words.cpus(ids) + " would leave " + Words.cpus(torn) + " of the same "
                            + (torn.size() == 1 ? "core" : "cores") + " to others",
                    "ask for the ids " + ids.union(torn) + ", or set 'threads: any' to share cores with other owners");
        }
        return Optional.empty();
    }

    private static Optional<Problem> misfitOfCount(List<Core> cores, CpuClaim.Whole claim) {
        int count = claim.count();
        List<Integer> sizes = cores.stream()
                .map(core -> core.threads().size())
                .distinct()
                .sorted()
                .toList();
        BigInteger possible = CpuChoice.possibleCounts(cores);
        boolean oneSize = sizes.size() == 1;
        boolean fits = oneSize
                ? count % sizes.get(0) == 0
                // More than there is at all is a shortage, told with its holders, not a matter of shape.
                : count >= possible.bitLength() || possible.testBit(count);
        if (fits) {
            return Optional.empty();
        }
        int below = oneSize ? count - count % sizes.get(0) : below(possible, count);
        int above = oneSize ? below + sizes.get(0) : above(possible, count);
        String counts = below == 0 ? Words.cpuCount(above) : below + " or " + Words.cpuCount(above);
        String threads = sizes.stream().map(String::valueOf).collect(Collectors.joining(" or "));
        return misfit(
                Words.cpuCount(count) + " cannot be made of whole cores: a core has " + threads + " threads here",
                "ask for " + counts + ", or set 'threads: any' to share a core with other owners");
    }

    private static int below(BigInteger possible, int count) {
        int below = count - 1;
        while (!possible.testBit(below)) {
            below--;
        }
        return below;
    }

    private static int above(BigInteger possible, int count) {
        int above = count + 1;
        while (!possible.testBit(above)) {
            above++;
        }
        return above;
    }

    private static Optional<Problem> misfit(String detail, String remedy) {
        return Optional.of(Problem.of(ProblemCode.NOT_ENFORCEABLE, detail, remedy));
    }
}
