package io.bulkhead.manager.cgroup;

import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.unit.OperationRate;

/** What of block I/O can be bounded. */
public enum IoBound {
    READ,
    WRITE,
    READ_OPERATIONS,
    WRITE_OPERATIONS;

    /** The bound of a slice, in bytes or operations per second. */
    public Limit<Long> of(IoSlice slice) {
        return switch (this) {
            case READ -> bytes(slice.read());
            case WRITE -> bytes(slice.write());
            case READ_OPERATIONS -> operations(slice.readOperations());
            case WRITE_OPERATIONS -> operations(slice.writeOperations());
        };
    }

    /** The bound as text with its unit. */
    public String text(Limit<Long> limit) {
        return limit.fold(
                value -> switch (this) {
                    case READ, WRITE -> new ByteRate(value).toString();
                    case READ_OPERATIONS, WRITE_OPERATIONS -> new OperationRate(value).toString();
                },
                Limit.UNLIMITED);
    }

    /** The line of a certificate that is about it. */
    public Resource resource() {
        return switch (this) {
            case READ -> Resource.IO_READ;
            case WRITE -> Resource.IO_WRITE;
            case READ_OPERATIONS -> Resource.IO_READ_OPERATIONS;
            case WRITE_OPERATIONS -> Resource.IO_WRITE_OPERATIONS;
        };
    }

    private static Limit<Long> bytes(Limit<ByteRate> limit) {
        return limit.fold(rate -> Limit.of(rate.bytesPerSecond()), Limit.<Long>unlimited());
    }

    private static Limit<Long> operations(Limit<OperationRate> limit) {
        return limit.fold(rate -> Limit.of(rate.operationsPerSecond()), Limit.<Long>unlimited());
    }
}
