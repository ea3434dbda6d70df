package io.bulkhead.console.apply;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import java.util.Optional;

/**
 * What applying needs of the control plane. Each order is complete or leaves everything as it was, and is refused by a
 * {@link io.bulkhead.contract.order.Refusal}.
 */
public interface Desk {
    /**
     * Defines a partition and binds its slice, or changes one that is at rest.
     *
     * @param rootPasswordHash for one that is new
     */
    PartitionStatus define(PartitionSpec definition, Optional<String> rootPasswordHash);

    /** Gives the slice of a partition back that is at rest. */
    PartitionStatus release(PartitionName name);

    /**
     * Removes a partition that is at rest, with its files.
     *
     * @param wipe whether its volumes may go with it, for good
     */
    void delete(PartitionName name, boolean wipe);
}
