package io.bulkhead.broker.ledger;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.IoRate;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.WireSparse;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the ledger holds for a partition. All of it is counted by entries but the bound on tasks, of which nobody else has
 * less. One that has released its slice keeps its volumes, and nothing else.
 *
 * @param owner whose
 * @param slice what; empty for one that has released its own
 * @param wholeCores whether no other partition may have a thread of its cores
 * @param kept the volumes of one that has released its slice
 */
public record Grant(
        PartitionName owner,
        Optional<Slice> slice,
        @WireSparse boolean wholeCores,
        Optional<StorageSlice> kept) {
    public Grant {
        if (slice.isPresent() == kept.isPresent()) {
            throw new IllegalArgumentException("a grant is a slice, or the volumes that are kept without one");
        }
    }

    /** A slice. */
    public Grant(PartitionName owner, Slice slice, boolean wholeCores) {
        this(owner, Optional.of(slice), wholeCores, Optional.empty());
    }

    /** What the manager says that a partition holds, if it holds anything. */
    public static Optional<Grant> of(PartitionStatus status) {
        Claim claim = status.definition().claim();
        return status.slice()
                .map(slice -> new Grant(status.name(), slice, claim.cpus().wantsWholeCores()))
                .or(() -> kept(status.name(), claim));
    }

    /** What a partition keeps that releases its slice, if that is anything. */
    public static Optional<Grant> kept(PartitionName owner, Claim claim) {
        return claim.storage()
                .filter(storage -> storage.bytes().bytes() > 0)
                .map(storage -> new StorageSlice(storage.own(), storage.volumes(), List.of()))
                .map(volumes -> new Grant(owner, Optional.empty(), false, Optional.of(volumes)));
    }

    /** Its whole CPUs; empty where it has a part of the pool. */
    public CpuSet cpus() {
        return slice.map(Slice::wholeCpus).orElse(CpuSet.EMPTY);
    }

    /** Its part of the pool in thousandths of one CPU; 0 where it has whole CPUs. */
    public long poolMillis() {
        return slice.map(Slice::entitlement).map(CpuMillis::millis).orElse(0L);
    }

    public long memoryBytes() {
        return slice.map(Slice::memory).map(ByteSize::bytes).orElse(0L);
    }

    /** Where its memory comes from. */
    public NodeSet memoryNodes() {
        return slice.map(Slice::memoryNodes).orElse(NodeSet.EMPTY);
    }

    /** Its storage, as long as it is defined. */
    public Optional<StorageSlice> storage() {
        return slice.flatMap(Slice::storage).or(() -> kept);
    }

    /** What it has of everything that is plain to count; see {@link ResourceKey#isPlain}. Only what is more than 0. */
    SortedMap<ResourceKey, Long> amounts() {
        SortedMap<ResourceKey, Long> amounts = new TreeMap<>();
        storage().ifPresent(storage -> {
            amounts.put(ResourceKey.STORAGE, storage.bytes().bytes());
            storage.disks().forEach(disk -> amounts.put(ResourceKey.disk(disk), 1L));
        });
        slice.ifPresent(held -> {
            for (IoRate rate : IoRate.values()) {
                amounts.put(Capacities.key(rate), rate.of(held.io()));
            }
            held.network().ifPresent(network -> {
                amounts.put(
                        ResourceKey.of(ResourceKey.Kind.NETWORK_IN),
                        network.in().fold(BitRate::bitsPerSecond, 0L));
                amounts.put(
                        ResourceKey.of(ResourceKey.Kind.NETWORK_OUT),
                        network.out().fold(BitRate::bitsPerSecond, 0L));
                network.device().ifPresent(device -> amounts.put(ResourceKey.nic(device), 1L));
            });
        });
        amounts.values().removeIf(amount -> amount == 0);
        return amounts;
    }

    /** One line for people. */
    public String describe() {
        String volumes = storage()
                .filter(storage -> storage.bytes().bytes() > 0)
                .map(storage -> storage.bytes() + " of storage")
                .orElse("");
        if (slice.isEmpty()) {
            return volumes + " kept without a slice";
        }
        Slice held = slice.get();
        return held.cpus() + (wholeCores ? "" : held.cpus() instanceof CpuSlice.Whole ? ", any threads" : "") + ", "
                + held.memory() + " on node " + held.memoryNodes() + ", " + held.tasks() + " tasks"
                + (volumes.isEmpty() ? "" : ", " + volumes);
    }
}
