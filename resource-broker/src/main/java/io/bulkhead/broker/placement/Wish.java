package io.bulkhead.broker.placement;

import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.PartitionName;

/**
 * A partition that is to have a place together with others.
 *
 * @param name whose; what it holds already is among the holdings
 * @param claim what is asked for it
 */
public record Wish(PartitionName name, Claim claim) {}
