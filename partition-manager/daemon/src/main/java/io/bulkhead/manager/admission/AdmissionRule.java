package io.bulkhead.manager.admission;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import java.util.Collection;
import java.util.Optional;

/** Why a partition may not have a slice. Judged under the lock of {@link Holdings}: it must not wait for anything. */
@FunctionalInterface
public interface AdmissionRule {
    /**
     * Judges a slice.
     *
     * @param definition what was asked
     * @param slice what is to be given; as claimed already
     * @param others what all other partitions have
     * @return why not; empty if it may be given
     */
    Optional<Problem> refuse(PartitionSpec definition, Slice slice, Collection<Holding> others);
}
