package io.bulkhead.manager.admission;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import java.util.Optional;

/**
 * What a partition has.
 *
 * @param name whose
 * @param slice its share of the hardware; empty while it is only defined
 * @param uidRange its ids on the host
 */
public record Holding(PartitionName name, Optional<Slice> slice, UidRange uidRange) {}
