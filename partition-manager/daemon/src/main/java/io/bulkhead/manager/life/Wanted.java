package io.bulkhead.manager.life;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import java.util.Optional;

/**
 * What a partition is to become by being defined.
 *
 * @param definition what the administrator wrote
 * @param slice what it is to hold; empty where it is to hold nothing yet
 * @param rootPasswordHash crypt(5) hash for its root
 */
record Wanted(PartitionSpec definition, Optional<Slice> slice, Optional<String> rootPasswordHash) {
    PartitionName name() {
        return definition.name();
    }
}
