package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.unit.OperationRate;

/**
 * Bounds on block I/O with the disk that holds the partition.
 *
 * @param read bytes read per second
 * @param write bytes written per second
 * @param readOperations reads per second
 * @param writeOperations writes per second
 */
public record IoSlice(
        Limit<ByteRate> read,
        Limit<ByteRate> write,
        Limit<OperationRate> readOperations,
        Limit<OperationRate> writeOperations) {
    public static final IoSlice UNLIMITED =
            new IoSlice(Limit.unlimited(), Limit.unlimited(), Limit.unlimited(), Limit.unlimited());
}
