package io.bulkhead.manager.admission;

import io.bulkhead.contract.partition.Ipv4Address;
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
 * @param address its own on the bridge, if it ever had a share of the network there
 */
public record Holding(
        PartitionSpec definition, Optional<Slice> slice, UidRange uidRange, Optional<Ipv4Address> address) {
    /** One that has no address. */
    public Holding(PartitionSpec definition, Optional<Slice> slice, UidRange uidRange) {
        this(definition, slice, uidRange, Optional.empty());
    }

    public PartitionName name() {
        return definition.name();
    }
}
