package io.bulkhead.manager.admission;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Who has what, judged and taken in one step, so that two orders at the same time cannot both get the last of something.
 * Safe for any thread.
 */
public final class Holdings {
    private final Admission admission;
    private final long uidBase;
    private final int uidRanges;
    private final Function<UidRange, Optional<String>> hostIds;
    private final AddressPool addresses;
    private final Map<PartitionName, Holding> holdings = new TreeMap<>();

    /** With addresses of the default subnet. */
    public Holdings(Admission admission, long uidBase, int uidRanges, Function<UidRange, Optional<String>> hostIds) {
        this(admission, uidBase, uidRanges, hostIds, AddressPool.DEFAULT);
    }

    /**
     * @param admission the judge
     * @param uidBase the first uid that partitions may have
     * @param uidRanges how many ranges of 65,536 there are
     * @param hostIds who else of the host has ids in a range; empty where nobody has
     * @param addresses of those on the bridge
     */
    public Holdings(
            Admission admission,
            long uidBase,
            int uidRanges,
            Function<UidRange, Optional<String>> hostIds,
            AddressPool addresses) {
        this.addresses = addresses;
        this.admission = admission;
        this.uidBase = uidBase;
        this.uidRanges = uidRanges;
        this.hostIds = hostIds;
    }

    /**
     * Gives a slice and the lowest free ids to a new partition, or throws {@link Refusal}. With a slice for a partition
     * that is there already, use {@link #replace}.
     */
    public synchronized Holding take(PartitionSpec definition, Slice slice) {
        judge(definition, slice);
        Holding holding = new Holding(
                definition,
                Optional.of(slice),
                lowestFreeRange(),
                addresses.choose(definition, slice, Optional.empty(), others(definition.name())));
        holdings.put(definition.name(), holding);
        return holding;
    }

    /** Gives the lowest free ids to a new partition that takes no slice yet, or throws {@link Refusal}. */
    public synchronized Holding takeIds(PartitionSpec definition) {
        Holding holding = new Holding(definition, Optional.empty(), lowestFreeRange());
        holdings.put(definition.name(), holding);
        return holding;
    }

    /**
     * Gives another slice to a partition, judged as if it had none; throws {@link Refusal} and changes nothing.
     *
     * @return its address, which is the former one where that still will do
     */
    public synchronized Optional<Ipv4Address> replace(PartitionSpec definition, Slice slice) {
        judge(definition, slice);
        Holding held = holdings.get(definition.name());
        if (held == null) {
            return Optional.empty();
        }
        Optional<Ipv4Address> address = addresses.choose(definition, slice, held.address(), others(definition.name()));
        holdings.put(definition.name(), new Holding(definition, Optional.of(slice), held.uidRange(), address));
        return address;
    }

    /** Takes up what is on record, unjudged: it was judged when it was given. */
    public synchronized void restore(Holding holding) {
        holdings.put(holding.name(), holding);
    }

    /** Why a slice on record could not be given today, say because the machine has shrunk; empty if it could. */
    public synchronized Optional<Problem> judgeAgain(PartitionSpec definition, Slice slice) {
        return admission.refuse(definition, slice, others(definition.name()));
    }

    /** Takes the slice away; the ids stay. */
    public synchronized void releaseSlice(PartitionName name) {
        holdings.computeIfPresent(
                name, (key, held) -> new Holding(held.definition(), Optional.empty(), held.uidRange(), held.address()));
    }

    /** Takes everything away. */
    public synchronized void remove(PartitionName name) {
        holdings.remove(name);
    }

    /** What was asked of a partition; empty if it is not there. */
    public synchronized Optional<PartitionSpec> definition(PartitionName name) {
        return Optional.ofNullable(holdings.get(name)).map(Holding::definition);
    }

    /** Everything that is held, by name. */
    public synchronized List<Holding> all() {
        return List.copyOf(holdings.values());
    }

    private void judge(PartitionSpec definition, Slice slice) {
        admission.refuse(definition, slice, others(definition.name())).ifPresent(problem -> {
            throw new Refusal(problem);
        });
    }

    private Collection<Holding> others(PartitionName name) {
        return holdings.values().stream()
                .filter(holding -> !holding.name().equals(name))
                .toList();
    }

    private UidRange lowestFreeRange() {
        List<String> holders = new ArrayList<>();
        holdings.keySet().forEach(name -> holders.add(name + " holds one"));
        for (int i = 0; i < uidRanges; i++) {
            UidRange range = new UidRange(uidBase + (long) i * UidRange.SIZE);
            if (holdings.values().stream()
                    .noneMatch(holding -> holding.uidRange().overlaps(range))) {
                Optional<String> hosts = hostIds.apply(range);
                if (hosts.isEmpty()) {
                    return range;
                }
                holders.add(hosts.get());
            }
        }
        throw new Refusal(new Problem(
                ProblemCode.NOT_ENOUGH_RESOURCES,
                "all " + uidRanges + " ranges of user ids from " + uidBase + " on are taken: "
                        + String.join("; ", holders),
                Optional.of("delete a partition, raise the number of ranges in the settings, or move uid_base"),
                holders));
    }
}
