package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Claims that this machine could not satisfy even if nobody held anything. */
final class Shape {
    private final Machine machine;
    private final Topology topology;
    private final CpuClaim.Whole claim;

    private Shape(Machine machine, CpuClaim.Whole claim) {
        this.machine = machine;
        this.topology = machine.topology();
        this.claim = claim;
    }

    /** Why a claim does not fit the arrangement of the machine, if it does not. */
    static Optional<Problem> misfit(Machine machine, Claim claim) {
        return claim.cpus() instanceof CpuClaim.Whole whole ? new Shape(machine, whole).misfit() : Optional.empty();
    }

    private Optional<Problem> misfit() {
        if (claim.node().isPresent() && topology.node(claim.node().get()).isEmpty()) {
            return misfit(
                    "there is no node " + claim.node().get() + "; the nodes of this host are " + topology.allNodes(),
                    "name one of these nodes, or leave the node open");
        }
        if (claim.coreType().isPresent()
                && !machine.types().contains(claim.coreType().get())) {
            return misfit(
                    "there are no " + Words.type(claim.coreType().get()) + " cores: "
                            + (machine.types().size() == 1 && machine.types().get(0) == Topology.CoreType.UNIFORM
                                    ? "all cores of this host are of one type"
                                    : "all are " + Words.type(machine.types().get(0)) + " cores"),
                    "leave the type open");
        }
        Optional<Problem> device = claim.near().flatMap(this::misfitOfDevice);
        if (device.isPresent()) {
            return device;
        }
        if (claim.ids().isPresent()) {
            return misfitOfIds(claim.ids().get());
        }
        return claim.threads() == CpuClaim.Threads.WHOLE_CORE
                ? misfitOfCount().or(this::misfitOfCache)
                : misfitOfCache();
    }

    private Optional<Problem> misfitOfDevice(String name) {
        Optional<Device> device = machine.device(name);
        if (device.isEmpty()) {
            List<String> known = machine.deviceNames();
            return misfit(
                    "there is no disk or network interface '" + name + "'"
                            + (known.isEmpty() ? "" : "; there are " + Words.list(known)),
                    "name one of them, or leave near out");
        }
        if (device.get().node().isEmpty() && topology.nodes().size() > 1) {
            return misfit(
                    "this host does not tell which node '" + name + "' is on",
                    "name the node itself, or leave near out");
        }
        return Optional.empty();
    }

    private Optional<Problem> misfitOfIds(CpuSet ids) {
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
        Optional<String> contradiction = Satisfaction.contradiction(machine, claim, ids);
        if (contradiction.isPresent()) {
            return misfit(contradiction.get(), "name other CPUs, or give a count instead of ids");
        }
        CpuSet torn = machine.cores().stream()
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

    private Optional<Problem> misfitOfCount() {
        int count = claim.count();
        List<Scope> scopes = Scope.of(machine, claim);
        List<Integer> sizes = scopes.stream()
                .flatMap(scope -> scope.cores().stream())
                .map(machine::size)
                .distinct()
                .sorted()
                .toList();
        boolean oneSize = sizes.size() == 1;
        if (oneSize && count % sizes.get(0) == 0) {
            return Optional.empty();
        }
        BigInteger possible = scopes.stream()
                .map(scope -> Scope.possibleCounts(machine, scope.cores()))
                .reduce(BigInteger.ONE, BigInteger::or);
        // More than there is at all is a shortage, told with its holders, not a matter of shape.
        if (!oneSize && (count >= possible.bitLength() || possible.testBit(count))) {
            return Optional.empty();
        }
        if (sizes.isEmpty()) {
            return misfit(
                    "node " + claim.node().orElseThrow() + " has no such cores", "name another node, or leave it open");
        }
        int below = oneSize ? count - count % sizes.get(0) : below(possible, count);
        int above = oneSize ? below + sizes.get(0) : above(possible, count);
        String counts = below == 0 ? Words.cpuCount(above) : below + " or " + Words.cpuCount(above);
        String threads = sizes.stream().map(String::valueOf).collect(Collectors.joining(" or "));
        return misfit(
                Words.cpuCount(count) + " cannot be made of whole cores: a core has " + threads + " threads here",
                "ask for " + counts + ", or set 'threads: any' to share a core with other owners");
    }

    private Optional<Problem> misfitOfCache() {
        if (!claim.oneCache()) {
            return Optional.empty();
        }
        int largest = Scope.of(machine, claim).stream()
                .mapToInt(
                        scope -> scope.cores().stream().mapToInt(machine::size).sum())
                .max()
                .orElse(0);
        return claim.count() <= largest
                ? Optional.empty()
                : misfit(
                        Words.cpuCount(claim.count()) + " have no last-level cache in common: the largest has "
                                + Words.cpuCount(largest),
                        "ask for " + largest + " or less, or leave the cache open");
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
