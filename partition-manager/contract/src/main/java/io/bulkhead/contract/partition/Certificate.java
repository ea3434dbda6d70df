package io.bulkhead.contract.partition;

import java.util.List;

/**
 * Every promise of a partition, read back from the kernel at one moment.
 *
 * @param partition whose
 * @param timeMillis when it was read, milliseconds since 1970 UTC
 * @param held whether every promise holds
 * @param promises in the order of {@link Resource}
 */
public record Certificate(PartitionName partition, long timeMillis, boolean held, List<Promise> promises) {
    public Certificate {
        promises = List.copyOf(promises);
    }

    /** A certificate that holds when all its promises do. */
    public static Certificate of(PartitionName partition, long timeMillis, List<Promise> promises) {
        return new Certificate(partition, timeMillis, promises.stream().allMatch(Promise::held), promises);
    }
}
