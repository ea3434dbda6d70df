package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where a claim would go on a machine. The rules, in this order:
 *
 * <ol>
 *   <li>The CPUs of the host's pool are never given out whole. A core belongs to one owner with all its threads, unless
 *       the claim says {@code threads: any}; then threads of cores that are divided already go first.
 *   <li>CPUs and the node that a claim names are honoured or refused, never replaced.
 *   <li>Otherwise all CPUs are on one NUMA node if some node has room (the lowest), and are the lowest free ones.
 *   <li>Parts of a CPU come from the pool, up to what the host leaves of it.
 *   <li>Memory of all partitions and of the host is at most the RAM. It comes from the nodes of the CPUs.
 * </ol>
 *
 * <p>The same input gives the same decision. Nothing is changed.
 */
public final class Placement {
    private final Topology topology;
    private final HostReserve reserve;
    private final Holdings holdings;
    private final Claim claim;
    private final CpuMap map;

    private Placement(Topology topology, HostReserve reserve, Holdings holdings, Claim claim) {
        this.topology = topology;
        this.reserve = reserve;
        this.holdings = holdings;
        this.claim = claim;
        this.map = new CpuMap(topology, reserve, holdings);
    }

    /**
     * Finds a place.
     *
     * @param topology what there is
     * @param reserve what the host keeps
     * @param holdings what others hold; without the asking partition's own slice
     * @param claim what is asked
     */
    public static Decision offer(Topology topology, HostReserve reserve, Holdings holdings, Claim claim) {
        return new Placement(topology, reserve, holdings, claim).decide();
    }

    /**
     * Finds a place, and stays on the CPUs that the partition has where they still satisfy the claim: a definition that
     * is applied again moves nothing.
     *
     * @param current what the partition itself holds now
     */
    public static Decision offer(
            Topology topology, HostReserve reserve, Holdings holdings, Claim claim, Slice current) {
        if (claim.cpus() instanceof CpuClaim.Whole whole
                && whole.ids().isEmpty()
                && current.cpus() instanceof CpuSlice.Whole held
                && held.cpus().size() == whole.count()) {
            CpuClaim.Whole same = new CpuClaim.Whole(
                    whole.count(), whole.threads(), whole.node(), Optional.of(held.cpus()), whole.isolated());
            Claim staying = new Claim(same, claim.memory(), claim.tasks(), claim.io(), claim.oomGroup());
            Decision stay = offer(topology, reserve, holdings, staying);
            if (stay instanceof Decision.Offer) {
                return stay;
            }
        }
        return offer(topology, reserve, holdings, claim);
    }

    private Decision decide() {
        if (claim.cpus() instanceof CpuClaim.Whole whole) {
            Optional<Problem> misfit = Shape.misfit(topology, map.cores(), whole);
            if (misfit.isPresent()) {
                return new Decision.Refused(misfit.get());
            }
        }
        Optional<CpuSlice> cpus = cpus(Set.of());
        if (cpus.isPresent() && memoryFits(Set.of())) {
            NodeSet nodes = memoryNodes(cpus.get());
            return new Decision.Offer(
                    new Slice(cpus.get(), nodes, claim.memory(), claim.tasks(), claim.io(), claim.oomGroup()));
        }
        return new Decision.Refused(refusal(cpus.isEmpty(), !memoryFits(Set.of())));
    }

    // ---- what fits when some owners are left out

    private Optional<CpuSlice> cpus(Set<PartitionName> leftOut) {
        if (claim.cpus() instanceof CpuClaim.Whole whole) {
            return CpuChoice.choose(map.cores(), map.taken(leftOut), whole)
                    .map(chosen -> new CpuSlice.Whole(chosen, whole.isolated()));
        }
        CpuClaim.Part part = (CpuClaim.Part) claim.cpus();
        long given =
                others(leftOut).mapToLong(each -> each.entitlement().millis()).sum();
        return Math.addExact(given, part.amount().millis())
                        <= reserve.entitlements().millis()
                ? Optional.of(new CpuSlice.Part(part.amount()))
                : Optional.empty();
    }

    private boolean memoryFits(Set<PartitionName> leftOut) {
        long given =
                others(leftOut).mapToLong(each -> each.slice().memory().bytes()).sum();
        ByteSize wanted = new ByteSize(given).plus(reserve.memory()).plus(claim.memory());
        return wanted.compareTo(topology.memory()) <= 0;
    }

    private Stream<Holdings.Holding> others(Set<PartitionName> leftOut) {
        return holdings.all().stream().filter(each -> !leftOut.contains(each.owner()));
    }

    private boolean fits(Set<PartitionName> leftOut) {
        return memoryFits(leftOut) && cpus(leftOut).isPresent();
    }

    /** The nodes of the CPUs; all that have memory where those could never hold this much. */
    private NodeSet memoryNodes(CpuSlice slice) {
        CpuSet cpus = slice instanceof CpuSlice.Whole whole ? whole.cpus() : reserve.pool();
        List<Topology.Node> near = topology.nodes().stream()
                .filter(node -> topology.nodesOf(cpus).contains(node.id()))
                .filter(node -> node.memory().bytes() > 0)
                .toList();
        ByteSize nearMemory = near.stream().map(Topology.Node::memory).reduce(ByteSize.ZERO, ByteSize::plus);
        Stream<Topology.Node> chosen = nearMemory.compareTo(claim.memory()) >= 0
                ? near.stream()
                : topology.nodes().stream().filter(node -> node.memory().bytes() > 0);
        return NodeSet.of(chosen.map(Topology.Node::id).toList());
    }

    // ---- why it does not fit

    private Problem refusal(boolean cpusShort, boolean memoryShort) {
        Shortages shortages = new Shortages(topology, reserve, holdings, map);
        List<Shortage> all = new ArrayList<>();
        if (cpusShort) {
            all.add(shortages.ofCpus(claim.cpus()));
        }
        if (memoryShort) {
            all.add(shortages.ofMemory(claim.memory()));
        }
        return new Problem(
                ProblemCode.NOT_ENOUGH_RESOURCES,
                String.join("; and ", all.stream().map(Shortage::detail).toList()),
                Optional.of(remedy(all)),
                all.stream().flatMap(shortage -> shortage.holders().stream()).toList());
    }

    private String remedy(List<Shortage> shortages) {
        List<String> ways = new ArrayList<>();
        List<String> release =
                roomMakers().stream().map(PartitionName::toString).toList();
        if (!release.isEmpty()) {
            ways.add("release " + Words.list(release));
        }
        if (shortages.stream().allMatch(shortage -> shortage.atMost().isPresent())) {
            ways.add("ask for at most "
                    + Words.list(shortages.stream()
                            .map(shortage -> shortage.atMost().orElseThrow())
                            .toList()));
        }
        if (!release.isEmpty()) {
            return String.join(", or ", ways);
        }
        ways.add(Words.list(shortages.stream().map(Shortage::ever).toList())
                + " is all that this host has for partitions; its own share is set in bulkhead.conf");
        return String.join("; ", ways);
    }

    /**
     * A smallest choice of partitions whose release would make room: one alone if one suffices, otherwise a set of
     * which none can be left out; empty where even all of them would not do.
     */
    private List<PartitionName> roomMakers() {
        List<PartitionName> owners =
                holdings.all().stream().map(Holdings.Holding::owner).toList();
        if (!fits(Set.copyOf(owners))) {
            return List.of();
        }
        Optional<PartitionName> one =
                owners.stream().filter(owner -> fits(Set.of(owner))).findFirst();
        if (one.isPresent()) {
            return List.of(one.get());
        }
        List<PartitionName> needed = new ArrayList<>(owners);
        for (PartitionName owner : owners) {
            List<PartitionName> fewer =
                    needed.stream().filter(each -> !each.equals(owner)).toList();
            if (fits(Set.copyOf(fewer))) {
                needed = new ArrayList<>(fewer);
            }
        }
        return needed;
    }
}
