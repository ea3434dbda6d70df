package io.bulkhead.broker.ledger;

import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.IoRate;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteSize;
import java.util.List;
import java.util.Optional;

/**
 * What there is of things that are counted as one sum. What is not known is open-ended: it comes onto the books as it is
 * granted, and leaves them again.
 *
 * @param storage the size of the file system that has the volumes
 * @param io what its disk can do, as far as it is stated
 * @param network what partitions may receive and send together, as far as it is stated
 */
public record Capacities(Optional<ByteSize> storage, IoCapacity io, NetworkCapacity network) {
    /** Nothing is known. */
    public static final Capacities UNKNOWN =
            new Capacities(Optional.empty(), IoCapacity.UNSTATED, NetworkCapacity.UNSTATED);

    /** All sums that there may be. */
    static final List<ResourceKey> SUMS = List.of(ResourceKey.Kind.values()).stream()
            .filter(kind ->
                    kind.compareTo(ResourceKey.Kind.STORAGE) >= 0 && kind.compareTo(ResourceKey.Kind.NETWORK_OUT) <= 0)
            .map(ResourceKey::of)
            .toList();

    /** The books' word for a rate of the disk. */
    static ResourceKey key(IoRate rate) {
        return ResourceKey.of(
                switch (rate) {
                    case READ -> ResourceKey.Kind.IO_READ;
                    case WRITE -> ResourceKey.Kind.IO_WRITE;
                    case READ_OPERATIONS -> ResourceKey.Kind.IO_READ_OPERATIONS;
                    case WRITE_OPERATIONS -> ResourceKey.Kind.IO_WRITE_OPERATIONS;
                });
    }

    /** How much there is of something; empty where that is not known, and for what is no sum. */
    Optional<Long> of(ResourceKey resource) {
        return switch (resource.kind()) {
            case STORAGE -> storage.map(ByteSize::bytes);
            case IO_READ -> IoRate.READ.of(io);
            case IO_WRITE -> IoRate.WRITE.of(io);
            case IO_READ_OPERATIONS -> IoRate.READ_OPERATIONS.of(io);
            case IO_WRITE_OPERATIONS -> IoRate.WRITE_OPERATIONS.of(io);
            case NETWORK_IN -> network.in().map(BitRate::bitsPerSecond);
            case NETWORK_OUT -> network.out().map(BitRate::bitsPerSecond);
            case CPU, POOL, MEMORY, DISK, NIC -> Optional.empty();
        };
    }
}
