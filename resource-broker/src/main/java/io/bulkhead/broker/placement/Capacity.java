package io.bulkhead.broker.placement;

import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.unit.ByteSize;
import java.util.Optional;

/**
 * What a machine has of things that are shared out as sums.
 *
 * @param io what the disk of the partitions can do, as far as it is stated
 * @param network what partitions may receive and send together, as far as it is stated
 * @param storage the space that volumes of partitions have and can have on their file system, where that is known
 */
public record Capacity(IoCapacity io, NetworkCapacity network, Optional<ByteSize> storage) {
    /** Nothing is known. */
    public static final Capacity UNKNOWN = of(IoCapacity.UNSTATED);

    /** What a disk can do; nothing else is known. */
    public static Capacity of(IoCapacity io) {
        return new Capacity(io, NetworkCapacity.UNSTATED, Optional.empty());
    }
}
