package io.bulkhead.manager.keeping;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.Isolation;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.admission.Holding;
import io.bulkhead.manager.caps.MemoryCaps;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.host.HostFacts;
import io.bulkhead.manager.record.RecordException;
import io.bulkhead.manager.steering.SteeringKeeper;
import io.bulkhead.manager.steering.SteeringReport;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the host in line with the slices that are held. Safe for any thread; one look at a time. */
public final class HostKeeping {
    private static final Logger LOG = LoggerFactory.getLogger(HostKeeping.class);

    private final HostFacts facts;
    private final HostReserve reserve;
    private final BootFacts boot;
    private final SteeringKeeper steering;
    private final Optional<String> whyNotSteered;
    private final Optional<MemoryCaps> caps;
    private final Optional<String> whyNotCapped;
    private final Disturbances disturbances;

    private volatile SteeringReport steered = SteeringReport.NOTHING;
    private volatile HostStatus.MemoryCaps capped;
    private String complaint = "";
    private boolean left;

    /**
     * Touches nothing yet.
     *
     * @param steering moves interrupts and workqueues
     * @param whyNotSteered why it must not; empty if it may
     * @param caps of the host's groups; empty where there can be none
     * @param whyNotCapped why it must not; empty if it may
     * @param disturbances what steering and caps tell of others
     */
    public HostKeeping(
            HostFacts facts,
            HostReserve reserve,
            BootFacts boot,
            SteeringKeeper steering,
            Optional<String> whyNotSteered,
            Optional<MemoryCaps> caps,
            Optional<String> whyNotCapped,
            Disturbances disturbances) {
        this.facts = facts;
        this.reserve = reserve;
        this.boot = boot;
        this.steering = steering;
        this.whyNotSteered = whyNotSteered;
        this.caps = caps;
        this.whyNotCapped = whyNotCapped;
        this.disturbances = disturbances;
        this.capped = notCapped();
    }

    private HostStatus.MemoryCaps notCapped() {
        return new HostStatus.MemoryCaps(whyNotCapped.isEmpty(), whyNotCapped, Optional.empty(), List.of());
    }

    // ---- the host

    /**
     * Throws {@link Refusal} if the host itself holds memory that these holdings are promised; to be asked before a slice
     * is bound.
     */
    public synchronized void requireRoom(Collection<Holding> all) {
        if (whyNotCapped.isEmpty()) {
            caps.ifPresent(each -> each.requireRoom(memory(all)));
        }
    }

    /** Brings the host in line with what is held, or throws {@link CgroupException} with the rest done. */
    public synchronized void apply(Collection<Holding> all) {
        if (left) {
            return;
        }
        steer(wholeCpus(all));
        cap(memory(all));
    }

    /** Like {@link #apply} as far as it goes: what fails is in the log, once, and tried again at the next look. */
    public synchronized void settle(Collection<Holding> all) {
        try {
            apply(all);
            complaint = "";
        } catch (CgroupException | RecordException e) {
            if (!complaint.equals(e.getMessage())) {
                complaint = String.valueOf(e.getMessage());
                LOG.atError().setCause(e).log("The host cannot be kept in line with the slices");
            }
        }
    }

    /** What others have changed since it was asked last, in words; it is as it should be again, or the log says why not. */
    public List<String> takeDisturbances() {
        return disturbances.take();
    }

    /** Puts everything back as the host wants it, and looks away from then on. */
    public synchronized void leave() {
        left = true;
        steer(CpuSet.EMPTY);
        cap(ByteSize.ZERO);
    }

    /** Looks again, after having left. */
    public synchronized void comeBack() {
        left = false;
    }

    private void steer(CpuSet slices) {
        if (whyNotSteered.isEmpty()) {
            steered = steering.steer(slices);
            return;
        }
        if (steering.holdsAnything()) {
            steering.steer(CpuSet.EMPTY);
        }
        steered = slices.isEmpty() ? SteeringReport.NOTHING : steering.look(slices);
    }

    private void cap(ByteSize slices) {
        if (caps.isEmpty()) {
            return;
        }
        if (whyNotCapped.isPresent() || left) {
            caps.get().putBack();
            capped = notCapped();
        } else {
            capped = caps.get().settle(slices);
        }
    }

    public HostStatus.Steering steeringStatus() {
        SteeringReport now = steered;
        return new HostStatus.Steering(
                whyNotSteered.isEmpty(), whyNotSteered, now.slices(), now.workqueues(), now.stuck());
    }

    public HostStatus.MemoryCaps capStatus() {
        return capped;
    }

    // ---- partitions

    /**
     * How alone a partition is on its CPUs, by the last look.
     *
     * @param name whose
     * @param slice what it holds
     * @param promises as read back
     * @param balanced whether the kernel balances load among its CPUs
     * @param all what everybody holds
     */
    public Isolation isolation(
            PartitionName name, Slice slice, List<Promise> promises, boolean balanced, Collection<Holding> all) {
        return new IsolationReading(whyNotSteered.isEmpty(), steered, boot, neighbours(name, slice, all), balanced)
                .of(slice.cpus(), promises);
    }

    private Map<Integer, String> neighbours(PartitionName name, Slice slice, Collection<Holding> all) {
        CpuSet own = slice.wholeCpus();
        CpuSet others = facts.cores().values().stream()
                .filter(core -> core.intersects(own))
                .reduce(CpuSet.EMPTY, CpuSet::union)
                .minus(own);
        Map<Integer, String> owners = new TreeMap<>();
        others.ids().forEach(cpu -> owners.put(cpu, owner(cpu, name, all)));
        return owners;
    }

    private String owner(int cpu, PartitionName but, Collection<Holding> all) {
        return all.stream()
                .filter(holding -> !holding.name().equals(but))
                .filter(holding -> holding.slice()
                        .map(slice -> slice.wholeCpus().contains(cpu))
                        .orElse(false))
                .map(holding -> holding.name().value())
                .findFirst()
                .orElse(reserve.pool().contains(cpu) ? "the pool" : "nobody, so the host uses it");
    }

    private static CpuSet wholeCpus(Collection<Holding> all) {
        return all.stream()
                .flatMap(holding -> holding.slice().stream())
                .map(Slice::wholeCpus)
                .reduce(CpuSet.EMPTY, CpuSet::union);
    }

    private static ByteSize memory(Collection<Holding> all) {
        return all.stream()
                .flatMap(holding -> holding.slice().stream())
                .map(Slice::memory)
                .reduce(ByteSize.ZERO, ByteSize::plus);
    }
}
