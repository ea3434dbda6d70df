package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Place;
import io.bulkhead.contract.partition.PartitionSpec;
import java.util.Optional;

/**
 * A partition's definition as it was read.
 *
 * @param spec what it says
 * @param rootPasswordHash crypt(5) hash for the partition's root; a secret, left out of {@link #toString}
 * @param place where its name stands
 */
public record Definition(PartitionSpec spec, Optional<String> rootPasswordHash, Place place) {
    @Override
    public String toString() {
        return "Definition[" + spec + ", " + (rootPasswordHash.isPresent() ? "with" : "without") + " a root password, "
                + place + "]";
    }
}
