package io.bulkhead.contract.generation;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.WireSparse;
import java.util.List;

/**
 * One generation.
 *
 * @param name {@code g-} and the first 12 hex digits of the SHA-256 of its inventory
 * @param newest whether it is what the host was last found to be; new partitions and rebases take it
 * @param capturedAtMillis when it was first captured, milliseconds since 1970 UTC
 * @param entries files, directories and links in it
 * @param bytes what its files hold together
 * @param packages how many packages the host had then
 * @param packagesMoved how many of them are another version now, are gone, or have come
 * @param partitions those that build on it, by name; the first {@value #MOST_PARTITIONS}
 * @param morePartitions how many more there are
 * @param wayBack how many partitions keep it for their way back from a rebase
 */
public record GenerationInfo(
        String name,
        @WireSparse boolean newest,
        long capturedAtMillis,
        long entries,
        long bytes,
        long packages,
        long packagesMoved,
        List<PartitionName> partitions,
        long morePartitions,
        long wayBack) {
    /** A list of a thousand generations still fits into one message. */
    public static final int MOST_PARTITIONS = 8;

    public GenerationInfo {
        partitions = List.copyOf(partitions);
    }
}
