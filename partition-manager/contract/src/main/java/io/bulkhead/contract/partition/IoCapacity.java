package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.OperationRate;
import java.util.Optional;

/**
 * What the disk that holds the partitions can do, as the administrator states it. The bounds of all partitions together
 * stay within it. Where nothing is stated, nothing is held against it.
 *
 * @param read bytes read per second
 * @param write bytes written per second
 * @param readOperations reads per second
 * @param writeOperations writes per second
 */
public record IoCapacity(
        Optional<ByteRate> read,
        Optional<ByteRate> write,
        Optional<OperationRate> readOperations,
        Optional<OperationRate> writeOperations) {
    /** Nothing is stated. */
    public static final IoCapacity UNSTATED =
            new IoCapacity(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
