package io.bulkhead.console.serial;

import io.bulkhead.contract.partition.PartitionName;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads what is no longer in a ring from a console's log, on threads of its own. */
@FunctionalInterface
public interface LogReader {
    /**
     * What a log had.
     *
     * @param bytes from the offset that was asked for; empty where the log does not have it
     * @param next the next offset of which it has something, where there are no bytes; {@link Long#MAX_VALUE} for none
     */
    record Found(ByteBuffer bytes, long next) {
        public static final Found NOTHING = new Found(ByteBuffer.allocate(0), Long.MAX_VALUE);
    }

    /**
     * Reads a piece.
     *
     * @param from offset of the first byte
     * @param atMost how many
     */
    CompletionStage<Found> read(PartitionName name, String creation, long from, int atMost);

    /** One that has nothing. */
    static LogReader none() {
        return (name, creation, from, atMost) -> CompletableFuture.completedFuture(Found.NOTHING);
    }
}
