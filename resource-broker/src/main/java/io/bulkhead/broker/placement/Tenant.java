package io.bulkhead.broker.placement;

import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.PartitionName;

/**
 * A partition that holds a slice and is not itself asked about, but might make room.
 *
 * @param name whose; its slice is among the holdings
 * @param claim what it has asked
 * @param running whether it would have to stop to be moved
 */
public record Tenant(PartitionName name, Claim claim, boolean running) {}
