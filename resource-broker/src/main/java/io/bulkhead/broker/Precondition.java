package io.bulkhead.broker;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionStatus;
import java.util.Optional;

/**
 * What must be so for a change to be made. It is checked in the same turn in which the control plane makes the change, so
 * that of two who saw the same only one succeeds.
 */
public interface Precondition {
    /** Nothing has to be so. */
    Precondition NONE = now -> {};

    /**
     * Looks at the partition as it is.
     *
     * @param now the partition, absent where there is none of that name
     * @throws Refusal with {@code PRECONDITION_FAILED} where it is not as wanted
     */
    void check(Optional<PartitionStatus> now);
}
