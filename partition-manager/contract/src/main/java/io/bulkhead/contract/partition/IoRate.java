package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.OperationRate;
import java.util.Optional;

/** The four ways in which the use of a disk is bounded, each counted by itself. */
public enum IoRate {
    READ("reading"),
    WRITE("writing"),
    READ_OPERATIONS("read operations"),
    WRITE_OPERATIONS("write operations");

    private final String title;

    IoRate(String title) {
        this.title = title;
    }

    /** In a sentence. */
    public String title() {
        return title;
    }

    /** What a slice or claim is bounded to, bytes or operations per second; 0 where it is not bounded. */
    public long of(IoSlice slice) {
        return switch (this) {
            case READ -> slice.read().fold(ByteRate::bytesPerSecond, 0L);
            case WRITE -> slice.write().fold(ByteRate::bytesPerSecond, 0L);
            case READ_OPERATIONS -> slice.readOperations().fold(OperationRate::operationsPerSecond, 0L);
            case WRITE_OPERATIONS -> slice.writeOperations().fold(OperationRate::operationsPerSecond, 0L);
        };
    }

    /** What the disk can do, bytes or operations per second, where that is stated. */
    public Optional<Long> of(IoCapacity capacity) {
        return switch (this) {
            case READ -> capacity.read().map(ByteRate::bytesPerSecond);
            case WRITE -> capacity.write().map(ByteRate::bytesPerSecond);
            case READ_OPERATIONS -> capacity.readOperations().map(OperationRate::operationsPerSecond);
            case WRITE_OPERATIONS -> capacity.writeOperations().map(OperationRate::operationsPerSecond);
        };
    }

    /** An amount with its unit, 0 included. */
    public String text(long amount) {
        if (amount <= 0) {
            return "0/s";
        }
        return this == READ || this == WRITE ? new ByteRate(amount).toString() : amount + "/s";
    }
}
