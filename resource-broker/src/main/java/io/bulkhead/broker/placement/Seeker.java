package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.PartitionName;
import java.util.Optional;

/**
 * A partition that looks for whole CPUs together with others.
 *
 * @param name whose
 * @param claim which names no CPUs
 * @param home where it is now, if it may stay there
 * @param moveCost what it costs to leave its home
 */
record Seeker(PartitionName name, CpuClaim.Whole claim, Optional<CpuSet> home, int moveCost) {}
