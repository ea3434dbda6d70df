package io.bulkhead.broker.ledger;

import io.bulkhead.contract.partition.PartitionName;

/**
 * Something that the ledger and the manager say differently, and that is not put right by itself.
 *
 * @param kind of difference
 * @param owner a partition's name, or {@code host}
 * @param resource what of it
 * @param ledger what the ledger says
 * @param manager what the manager says
 * @param action what will be done, or what the administrator can do
 */
public record Difference(Kind kind, String owner, String resource, String ledger, String manager, String action) {
    /** The resource of a difference about user ids. */
    public static final String USER_IDS = "user ids";

    /** What differs. */
    public enum Kind {
        /** The manager has a slice of which the ledger knows nothing. */
        UNKNOWN,
        /** The ledger holds a slice that the manager does not have. */
        MISSING,
        /** Both know a slice, not the same one. */
        DIFFERENT,
        /** An intent of ours ended neither way. */
        UNCLEAR,
        /** The hardware does not have what partitions hold, or what the host should keep. */
        HARDWARE
    }

    /** Whether it is about the slice of this partition, which must not be changed before somebody decided. */
    public boolean holdsUp(PartitionName partition) {
        return kind != Kind.HARDWARE && owner.equals(partition.value());
    }
}
