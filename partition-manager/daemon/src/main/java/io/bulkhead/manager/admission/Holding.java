package io.bulkhead.manager.admission;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import java.util.Optional;

/**
 * What a partition has.
 *
 * @param definition whose, and what was asked: its files and its address stay its own while it holds no slice
 * @param slice its share of the hardware; empty while it is only defined
 * @param uidRange its ids on the host
 */
public record Holding(PartitionSpec definition, Optional<Slice> slice, UidRange uidRange) {
    public PartitionName name() {
        return definition.name();
    }
}
