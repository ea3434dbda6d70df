package io.bulkhead.manager.admission;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.MemorySpread;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.IoRate;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.manager.host.HostFacts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether a slice may be given: it is what was asked, it is there, it is nobody else's, and everything together with the
 * host's reserve is no more than the machine. Pure and immutable; safe for any thread.
 */
public final class Admission {
    private final HostFacts facts;
    private final HostReserve reserve;
    private final IoCapacity capacity;
    private final List<AdmissionRule> further;

    /** For a host whose disk can do nobody says what. */
    public Admission(HostFacts facts, HostReserve reserve) {
        this(facts, reserve, IoCapacity.UNSTATED, List.of());
    }

    /**
     * @param facts the hardware
     * @param reserve what the host keeps
     * @param capacity what the disk can do, as far as it is stated
     * @param further what else is to be judged, in this order
     */
    public Admission(HostFacts facts, HostReserve reserve, IoCapacity capacity, List<AdmissionRule> further) {
        this.facts = facts;
        this.reserve = reserve;
        this.capacity = capacity;
        this.further = List.copyOf(further);
    }

    /** What the host keeps for itself. */
    public HostReserve reserve() {
        return reserve;
    }

    /**
     * Judges a slice.
     *
     * @param definition what was asked
     * @param slice what is to be given
     * @param others what all other partitions have
     * @return why not; empty if it may be given
     */
    public Optional<Problem> refuse(PartitionSpec definition, Slice slice, Collection<Holding> others) {
        return unlikeClaim(definition.claim(), slice)
                .or(() -> unenforceable(slice))
                .or(() -> cpusTaken(slice.cpus(), others))
                .or(() -> poolTaken(slice.cpus(), others))
                .or(() -> nodesMissing(slice.memoryNodes()))
                .or(() -> memoryTaken(slice.memory(), others))
                .or(() -> nodeMemoryTaken(slice, others))
                .or(() -> ioTaken(slice.io(), others))
                .or(() -> further.stream()
                        .flatMap(rule -> rule.refuse(definition, slice, others).stream())
                        .findFirst());
    }

    // ---- against the claim

    private Optional<Problem> unlikeClaim(Claim claim, Slice slice) {
        List<String> faults = new ArrayList<>();
        if (claim.cpus() instanceof CpuClaim.Whole whole) {
            if (slice.cpus() instanceof CpuSlice.Whole given) {
                unlikeWhole(whole, given.cpus(), faults);
                unlike("isolated", whole.isolated(), given.isolated(), faults);
                if (whole.node().isPresent()
                        && !slice.memoryNodes().equals(NodeSet.of(whole.node().get()))) {
                    faults.add("memory of node " + whole.node().get() + " is claimed, nodes " + slice.memoryNodes()
                            + " are given");
                }
            } else {
                faults.add("whole CPUs are claimed, " + slice.cpus() + " is given");
            }
        } else if (claim.cpus() instanceof CpuClaim.Part part
                && !slice.cpus().equals(new CpuSlice.Part(part.amount()))) {
            faults.add(part.amount() + " CPU of the pool is claimed, " + slice.cpus() + " is given");
        }
        unlike("memory", claim.memory(), slice.memory(), faults);
        unlike("tasks", claim.tasks(), slice.tasks(), faults);
        unlike("io", claim.io(), slice.io(), faults);
        unlike("oomGroup", claim.oomGroup(), slice.oomGroup(), faults);
        unlike("storage", claim.storage(), slice.storage(), faults);
        unlike("network", claim.network(), slice.network(), faults);
        unlike("console", claim.console(), slice.console(), faults);
        return faults.isEmpty()
                ? Optional.empty()
                : Optional.of(Problem.of(
                        ProblemCode.INVALID_REQUEST, "the slice is not what is claimed: " + String.join("; ", faults)));
    }

    private void unlikeWhole(CpuClaim.Whole claim, CpuSet given, List<String> faults) {
        if (given.size() != claim.count()) {
            faults.add(claim.count() + " CPUs are claimed, " + given.size() + " (" + given + ") are given");
        }
        if (claim.ids().isPresent() && !claim.ids().get().equals(given)) {
            faults.add("CPUs " + claim.ids().get() + " are claimed, " + given + " are given");
        }
        if (claim.threads() == CpuClaim.Threads.WHOLE_CORE) {
            facts.cores().values().stream()
                    .filter(core -> core.intersects(given) && !given.containsAll(core))
                    .forEach(core -> faults.add("whole cores are claimed, of the core with CPUs " + core + " only "
                            + core.intersection(given) + " is given"));
        }
    }

    private static void unlike(String what, Object claimed, Object given, List<String> faults) {
        if (!claimed.equals(given)) {
            faults.add(what + " " + claimed + " is claimed, " + given + " is given");
        }
    }

    /** Where no disk is known, the volume with its own files does: whatever it writes of its own goes through that device. */
    private Optional<Problem> unenforceable(Slice slice) {
        boolean ownVolume = slice.storage().flatMap(StorageSlice::own).isPresent();
        if (facts.disk().isEmpty() && !slice.io().equals(IoSlice.UNLIMITED) && !ownVolume) {
            return Optional.of(Problem.of(
                    ProblemCode.NOT_ENFORCEABLE,
                    "block I/O is to be bounded, but the partitions' files are on no disk of their own",
                    "leave io out, give it storage of its own, or move the state directory to a disk"));
        }
        return Optional.empty();
    }

    // ---- against the others

    private Optional<Problem> cpusTaken(CpuSlice slice, Collection<Holding> others) {
        if (!(slice instanceof CpuSlice.Whole wanted)) {
            return Optional.empty();
        }
        List<String> holders = new ArrayList<>();
        for (int cpu : wanted.cpus().ids()) {
            holderOf(cpu, others).ifPresent(holder -> holders.add("CPU " + cpu + " is " + holder));
        }
        return holders.isEmpty()
                ? Optional.empty()
                : Optional.of(notEnough(String.join(", ", holders), "choose other CPUs, or release a holder", holders));
    }

    private Optional<String> holderOf(int cpu, Collection<Holding> others) {
        if (!facts.online().contains(cpu)) {
            return Optional.of("not online");
        } else if (reserve.pool().contains(cpu)) {
            return Optional.of("in the host's pool");
        }
        return others.stream()
                .filter(other -> wholeCpus(other).contains(cpu))
                .findFirst()
                .map(other -> "held by " + other.name());
    }

    private Optional<Problem> poolTaken(CpuSlice slice, Collection<Holding> others) {
        if (!(slice instanceof CpuSlice.Part wanted)) {
            return Optional.empty();
        }
        List<String> holders = new ArrayList<>();
        CpuMillis free = reserve.entitlements();
        for (Holding other : others) {
            CpuMillis held = entitlement(other);
            if (held.millis() > 0) {
                free = held.compareTo(free) > 0 ? CpuMillis.ZERO : free.minus(held);
                holders.add(other.name() + " holds " + held);
            }
        }
        if (wanted.entitlement().compareTo(free) <= 0) {
            return Optional.empty();
        }
        holders.add("the host keeps " + reserve.cpu());
        return Optional.of(notEnough(
                "CPU of the pool (CPUs " + reserve.pool() + "): " + wanted.entitlement() + " asked, " + free + " free; "
                        + String.join(", ", holders),
                "ask for " + free + " or less, or release a holder",
                holders));
    }

    private Optional<Problem> nodesMissing(NodeSet nodes) {
        if (facts.nodes().containsAll(nodes)) {
            return Optional.empty();
        }
        return Optional.of(notEnough(
                "memory nodes " + nodes.minus(facts.nodes()) + " do not exist; there are " + facts.nodes(),
                "choose nodes that have memory",
                List.of()));
    }

    private Optional<Problem> memoryTaken(ByteSize wanted, Collection<Holding> others) {
        List<String> holders = new ArrayList<>();
        ByteSize free = facts.memory().minus(reserve.memory());
        for (Holding other : others) {
            ByteSize held = other.slice().map(Slice::memory).orElse(ByteSize.ZERO);
            if (held.bytes() > 0) {
                free = held.compareTo(free) > 0 ? ByteSize.ZERO : free.minus(held);
                holders.add(other.name() + " holds " + held);
            }
        }
        if (wanted.compareTo(free) <= 0) {
            return Optional.empty();
        }
        holders.add("the host keeps " + reserve.memory());
        return Optional.of(notEnough(
                "memory: " + wanted + " asked, " + free + " free; " + String.join(", ", holders),
                "ask for " + free + " or less, or release a holder",
                holders));
    }

    /**
     * Whether all slices find room on the nodes that each is bound to. The host's own memory may lie on any node, so that
     * nothing is refused here that fits.
     */
    private Optional<Problem> nodeMemoryTaken(Slice slice, Collection<Holding> others) {
        if (facts.nodeMemory().isEmpty()) {
            return Optional.empty();
        }
        Map<Integer, Long> bytes = new TreeMap<>();
        facts.nodeMemory().forEach((node, memory) -> bytes.put(node, memory.bytes()));
        MemorySpread spread = new MemorySpread(bytes);
        List<String> holders = new ArrayList<>();
        for (Holding other : others) {
            other.slice().ifPresent(held -> {
                spread.addWhatFits(held.memoryNodes().ids(), held.memory().bytes());
                if (held.memoryNodes().intersects(slice.memoryNodes())) {
                    holders.add(other.name() + " holds " + held.memory() + " on " + held.memoryNodes());
                }
            });
        }
        List<Integer> nodes = slice.memoryNodes().ids();
        if (spread.add(nodes, slice.memory().bytes())) {
            return Optional.empty();
        }
        ByteSize free = new ByteSize(spread.room(nodes));
        return Optional.of(notEnough(
                "memory on node " + slice.memoryNodes() + ": " + slice.memory() + " asked, " + free + " free; "
                        + String.join(", ", holders),
                "ask for " + free + " or less, name other nodes, or release a holder",
                holders));
    }

    private Optional<Problem> ioTaken(IoSlice wanted, Collection<Holding> others) {
        for (IoRate rate : IoRate.values()) {
            if (rate.of(capacity).isEmpty() || rate.of(wanted) == 0) {
                continue;
            }
            List<String> holders = new ArrayList<>();
            long free = rate.of(capacity).get();
            for (Holding other : others) {
                long held = other.slice().map(slice -> rate.of(slice.io())).orElse(0L);
                if (held > 0) {
                    free = Math.max(0, free - held);
                    holders.add(other.name() + " holds " + rate.text(held));
                }
            }
            if (rate.of(wanted) > free) {
                return Optional.of(notEnough(
                        rate.title() + " of the disk: " + rate.text(rate.of(wanted)) + " asked, " + rate.text(free)
                                + " of the stated "
                                + rate.text(rate.of(capacity).get()) + " free; "
                                + String.join(", ", holders),
                        "ask for less, release a holder, or state another capacity in bulkhead.conf",
                        holders));
            }
        }
        return Optional.empty();
    }

    private static CpuSet wholeCpus(Holding holding) {
        return holding.slice().map(Slice::wholeCpus).orElse(CpuSet.EMPTY);
    }

    private static CpuMillis entitlement(Holding holding) {
        return holding.slice().map(Slice::entitlement).orElse(CpuMillis.ZERO);
    }

    private static Problem notEnough(String detail, String remedy, List<String> holders) {
        return new Problem(ProblemCode.NOT_ENOUGH_RESOURCES, detail, Optional.of(remedy), holders);
    }
}
