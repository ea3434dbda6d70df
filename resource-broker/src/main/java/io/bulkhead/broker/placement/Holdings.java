package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What partitions hold, in the order of their names.
 *
 * @param all one per partition that holds a slice
 * @param kept the volumes of partitions that have released their slices
 */
public record Holdings(List<Holding> all, SortedMap<PartitionName, ByteSize> kept) {
    public static final Holdings NONE = new Holdings(List.of());

    /**
     * One partition's slice.
     *
     * @param owner whose
     * @param slice what
     * @param wholeCores whether no other owner may have a thread of its cores
     */
    public record Holding(PartitionName owner, Slice slice, boolean wholeCores) {
        /** What a partition holds that asked this. */
        public static Holding of(PartitionName owner, Slice slice, Claim claim) {
            return new Holding(owner, slice, claim.cpus().wantsWholeCores());
        }

        /** Its whole CPUs; empty where it has a part of the pool. */
        public CpuSet cpus() {
            return slice.wholeCpus();
        }

        /** Its part of the pool; 0 where it has whole CPUs. */
        public CpuMillis entitlement() {
            return slice.entitlement();
        }
    }

    /** Slices alone. */
    public Holdings(List<Holding> all) {
        this(all, new TreeMap<>());
    }

    public Holdings {
        kept = Collections.unmodifiableSortedMap(new TreeMap<>(kept));
        all = all.stream().sorted(Comparator.comparing(Holding::owner)).toList();
        if (all.stream().map(Holding::owner).distinct().count() != all.size()) {
            throw new IllegalArgumentException("a partition is listed twice");
        }
    }

    /** What the manager says that partitions hold. */
    public static Holdings of(List<PartitionStatus> partitions) {
        SortedMap<PartitionName, ByteSize> kept = new TreeMap<>();
        partitions.stream().filter(partition -> partition.slice().isEmpty()).forEach(partition -> volumes(
                        partition.definition().claim().storage())
                .ifPresent(bytes -> kept.put(partition.name(), bytes)));
        return new Holdings(
                partitions.stream()
                        .filter(partition -> partition.slice().isPresent())
                        .map(partition -> Holding.of(
                                partition.name(),
                                partition.slice().orElseThrow(),
                                partition.definition().claim()))
                        .toList(),
                kept);
    }

    private static Optional<ByteSize> volumes(Optional<StorageSlice> storage) {
        return storage.map(StorageSlice::bytes).filter(bytes -> bytes.bytes() > 0);
    }

    /** These without all that these owners have. */
    public Holdings without(Set<PartitionName> owners) {
        SortedMap<PartitionName, ByteSize> left = new TreeMap<>(kept);
        left.keySet().removeAll(owners);
        return new Holdings(slicesWithout(owners), left);
    }

    /** These when these owners have released their slices: their volumes are kept. */
    Holdings released(Set<PartitionName> owners) {
        SortedMap<PartitionName, ByteSize> left = new TreeMap<>(kept);
        all.stream().filter(holding -> owners.contains(holding.owner())).forEach(holding -> volumes(
                        holding.slice().storage())
                .ifPresent(bytes -> left.put(holding.owner(), bytes)));
        return new Holdings(slicesWithout(owners), left);
    }

    private List<Holding> slicesWithout(Set<PartitionName> owners) {
        return all.stream().filter(holding -> !owners.contains(holding.owner())).toList();
    }

    /** These and one more. */
    public Holdings with(Holding holding) {
        SortedMap<PartitionName, ByteSize> left = new TreeMap<>(kept);
        left.remove(holding.owner());
        return new Holdings(Stream.concat(all.stream(), Stream.of(holding)).toList(), left);
    }

    /** All volumes of partitions that have released their slices, in bytes. */
    public long keptBytes() {
        return kept.values().stream().mapToLong(ByteSize::bytes).reduce(0, Math::addExact);
    }

    /** All volumes of all partitions, in bytes. */
    public long volumeBytes() {
        return all.stream()
                .map(holding -> volumes(holding.slice().storage()).orElse(ByteSize.ZERO))
                .mapToLong(ByteSize::bytes)
                .reduce(keptBytes(), Math::addExact);
    }

    public Optional<Holding> of(PartitionName owner) {
        return all.stream().filter(holding -> holding.owner().equals(owner)).findFirst();
    }

    /** Every CPU that is held whole. */
    public CpuSet cpus() {
        return all.stream().map(Holding::cpus).reduce(CpuSet.EMPTY, CpuSet::union);
    }

    /** The sum of the parts of the pool. */
    public CpuMillis entitlements() {
        return all.stream().map(Holding::entitlement).reduce(CpuMillis.ZERO, CpuMillis::plus);
    }

    /** The sum of the memory. */
    public ByteSize memory() {
        return all.stream().map(holding -> holding.slice().memory()).reduce(ByteSize.ZERO, ByteSize::plus);
    }
}
