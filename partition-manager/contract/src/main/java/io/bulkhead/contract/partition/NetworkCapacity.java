package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.BitRate;
import java.util.Optional;

/**
 * What partitions may receive and send together, as the administrator states it. The bounds of all partitions stay within
 * it. Where nothing is stated, nothing is held against it.
 *
 * @param in bits received per second
 * @param out bits sent per second
 */
public record NetworkCapacity(Optional<BitRate> in, Optional<BitRate> out) {
    /** Nothing is stated. */
    public static final NetworkCapacity UNSTATED = new NetworkCapacity(Optional.empty(), Optional.empty());
}
