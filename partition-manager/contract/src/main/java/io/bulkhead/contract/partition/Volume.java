package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.ByteSize;

/**
 * A file system of a partition's own, on a preallocated file of the host's.
 *
 * @param name tells it from the partition's other volumes; the file is named after it
 * @param size all of it reserved, 16 MiB to 1 PiB, whole MiB
 * @param at where the partition sees it
 */
public record Volume(PartitionName name, ByteSize size, InsidePath at) {
    public Volume {
        StorageSlice.checkSize(size);
    }
}
