package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where a claim would go on a machine. The rules, in this order:
 *
 * <ol>
 *   <li>The CPUs of the host's pool are never given out whole. A core belongs to one owner with all its threads, unless
 *       the claim says {@code threads: any}; then threads of cores that are divided already go first.
 *   <li>What a claim names (CPUs, a node, one last-level cache, a type of cores) is honoured or refused, never replaced.
 *   <li>Cores of two types are never mixed; performance cores go first where the claim does not say.
 *   <li>All CPUs are on one NUMA node if some node has room: one that has the memory too, then the nearest to the device
 *       that the claim names, then one that has room in a single last-level cache, then the fullest, then the lowest.
 *   <li>Within the node they share a last-level cache if some cache has room: the fullest, then the lowest. Otherwise, and
 *       across nodes, as few caches and nodes as possible are touched.
 *   <li>Parts of a CPU come from the pool, up to what the host leaves of it.
 *   <li>Memory comes from the nodes of the CPUs; where these have no room, from the nearest others too, unless the claim
 *       names its node. The memory of all partitions and of the host finds room on the nodes that each is bound to.
 *   <li>Bounds on block I/O add up to what the disk is stated to do, those on the network to what that is stated to do, and
 *       volumes to the space of their file system; what is not known is not counted. A whole disk or network interface is
 *       one partition's.
 * </ol>
 *
 * <p>The same input gives the same decision. Nothing is changed.
 */
public final class Placement {
    private final Room room;
    private final Claim claim;

    private Placement(Room room, Claim claim) {
        this.room = room;
        this.claim = claim;
    }

    /**
     * Finds a place.
     *
     * @param machine what there is
     * @param holdings what others hold; without the asking partition's own slice
     * @param claim what is asked
     */
    public static Decision offer(Machine machine, Holdings holdings, Claim claim) {
        return offer(new Room(machine, holdings), claim);
    }

    /**
     * Finds a place, and stays on the CPUs that the partition has where they still satisfy the claim: a definition that
     * is applied again moves nothing.
     *
     * @param current what the partition itself holds now
     */
    public static Decision offer(Machine machine, Holdings holdings, Claim claim, Slice current) {
        Room room = new Room(machine, holdings);
        return stay(room, claim, current).<Decision>map(offer -> offer).orElseGet(() -> offer(room, claim));
    }

    /** As {@link #offer(Machine, Holdings, Claim)} for a machine that tells no devices and no capacity of its disk. */
    public static Decision offer(Topology topology, HostReserve reserve, Holdings holdings, Claim claim) {
        return offer(new Machine(topology, reserve), holdings, claim);
    }

    /** As {@link #offer(Machine, Holdings, Claim, Slice)} for a machine that tells no devices. */
    public static Decision offer(
            Topology topology, HostReserve reserve, Holdings holdings, Claim claim, Slice current) {
        return offer(new Machine(topology, reserve), holdings, claim, current);
    }

    static Decision offer(Room room, Claim claim) {
        Optional<Problem> misfit = Shape.misfit(room.machine(), claim).or(() -> Devices.misfit(room.machine(), claim));
        if (misfit.isPresent()) {
            return new Decision.Refused(misfit.get());
        }
        return new Placement(room, claim)
                .find()
                .<Decision>map(offer -> offer)
                .orElseGet(() -> new Decision.Refused(new Explanation(room, claim).problem()));
    }

    /** Whether there is a place; the same answer as {@link #offer}, but sooner. The claim has a shape that fits. */
    static boolean fits(Room room, Claim claim) {
        return cpusFit(room, claim)
                && room.hasRest(claim)
                && claim.memory().bytes() <= room.freeBytes()
                && new MemoryChoice(room).fits(claim);
    }

    static boolean cpusFit(Room room, Claim claim) {
        return claim.cpus() instanceof CpuClaim.Whole whole
                ? CpuChoice.fits(room, whole)
                : ((CpuClaim.Part) claim.cpus()).amount().millis() <= room.freeMillis();
    }

    private Optional<Decision.Offer> find() {
        if (!room.hasRest(claim) || claim.memory().bytes() > room.freeBytes()) {
            return Optional.empty();
        }
        MemoryChoice memory = new MemoryChoice(room);
        List<String> why = new ArrayList<>();
        Optional<CpuSlice> cpus = cpus(memory, why);
        return cpus.flatMap(slice -> memory.choose(claim, slice).map(nodes -> offer(memory, slice, nodes, why)));
    }

    private Optional<CpuSlice> cpus(MemoryChoice memory, List<String> why) {
        if (claim.cpus() instanceof CpuClaim.Part part) {
            why.add("a part of the pool (CPUs " + room.machine().reserve().pool() + ")");
            return cpusFit(room, claim) ? Optional.of(new CpuSlice.Part(part.amount())) : Optional.empty();
        }
        CpuClaim.Whole whole = (CpuClaim.Whole) claim.cpus();
        long bytes = claim.memory().bytes();
        return new CpuChoice(room, whole, node -> memory.free(node) >= bytes)
                .choose()
                .map(choice -> {
                    why.addAll(choice.why());
                    return new CpuSlice.Whole(choice.cpus(), whole.isolated());
                });
    }

    /** The offer for staying on the CPUs that a partition has; empty where they are not what is claimed, or not free. */
    static Optional<Decision.Offer> stay(Room room, Claim claim, Slice current) {
        if (!Satisfaction.holds(room.machine(), claim.cpus(), current.cpus())
                || !room.hasRest(claim)
                || claim.memory().bytes() > room.freeBytes()) {
            return Optional.empty();
        }
        CpuSlice cpus = current.cpus();
        if (claim.cpus() instanceof CpuClaim.Whole whole) {
            CpuSet held = ((CpuSlice.Whole) cpus).cpus();
            if (held.intersects(room.taken())) {
                return Optional.empty();
            }
            cpus = new CpuSlice.Whole(held, whole.isolated());
        } else if (!cpusFit(room, claim)) {
            return Optional.empty();
        }
        return stay(room, claim, cpus, current.memoryNodes());
    }

    private static Optional<Decision.Offer> stay(Room room, Claim claim, CpuSlice cpus, NodeSet held) {
        MemoryChoice memory = new MemoryChoice(room);
        boolean named = claim.cpus() instanceof CpuClaim.Whole whole
                && whole.node().isPresent()
                && !held.equals(NodeSet.of(whole.node().get()));
        Optional<NodeSet> nodes =
                !named && memory.fitsOn(held.ids(), claim.memory().bytes())
                        ? Optional.of(held)
                        : memory.choose(claim, cpus);
        return nodes.map(
                chosen -> new Placement(room, claim).offer(memory, cpus, chosen, List.of("it stays where it is")));
    }

    /** The offer for a claim whose CPUs are chosen already and free; empty where its memory has no room. */
    static Optional<Decision.Offer> offerOn(Room room, Claim claim, CpuSlice cpus, String reason) {
        MemoryChoice memory = new MemoryChoice(room);
        return memory.choose(claim, cpus)
                .map(nodes -> new Placement(room, claim).offer(memory, cpus, nodes, List.of(reason)));
    }

    private Decision.Offer offer(MemoryChoice memory, CpuSlice cpus, NodeSet nodes, List<String> reasons) {
        List<NodeBytes> shares =
                NodeShares.of(memory.share(nodes, cpus, claim.memory().bytes()));
        List<String> why = new ArrayList<>(reasons);
        List<Integer> home = MemoryChoice.nodesOf(room.machine(), cpus);
        if (!home.containsAll(nodes.ids())) {
            why.add("memory from nodes " + nodes + ", as node " + Words.ids(home) + " has no room for it: "
                    + Words.list(shares.stream().map(NodeBytes::toString).toList()));
        }
        return new Decision.Offer(Slice.of(claim, cpus, nodes), shares, why, remarks());
    }

    private List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        remark(
                remarks,
                Amount::isOfDisk,
                true,
                "nobody states what the disk can do (host.disk_* in bulkhead.conf)",
                "what the disk is stated to do");
        remark(
                remarks,
                Amount::isOfNetwork,
                claim.network().filter(share -> share.device().isEmpty()).isPresent(),
                "nobody states what the network can do (host.network_* in bulkhead.conf)",
                "what the network is stated to do");
        return remarks;
    }

    private void remark(
            List<String> remarks, Predicate<Amount> which, boolean concerned, String unstated, String stated) {
        List<String> uncounted = new ArrayList<>();
        List<String> unbounded = new ArrayList<>();
        for (Amount amount : Amount.values()) {
            if (which.test(amount)) {
                boolean bounded = amount.of(claim) > 0;
                boolean known = amount.of(room.machine().capacity()).isPresent();
                if (bounded && !known) {
                    uncounted.add(amount.title());
                } else if (!bounded && known && concerned) {
                    unbounded.add(amount.title());
                }
            }
        }
        if (!uncounted.isEmpty()) {
            remarks.add("the bound on " + Words.list(uncounted) + " is held, but " + unstated
                    + ": it is not counted against anything");
        }
        if (!unbounded.isEmpty()) {
            remarks.add(Words.list(unbounded) + " is not bounded, and not counted against " + stated);
        }
    }
}
