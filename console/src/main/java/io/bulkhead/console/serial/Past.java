package io.bulkhead.console.serial;

import io.bulkhead.contract.partition.PartitionName;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Output that is no longer in the rings: read from the logs, on threads of its own. */
@FunctionalInterface
public interface Past {
    /** Begins to read a console's. */
    Reading open(PartitionName name);

    /** One viewer's way through it. One question at a time. */
    interface Reading extends AutoCloseable {
        /**
         * Reads a piece.
         *
         * @param from offset of the first byte
         * @param atMost how many
         */
        CompletionStage<Found> read(long from, int atMost);

        /** Returns at once. */
        @Override
        void close();
    }

    /**
     * What there was.
     *
     * @param bytes from the offset that was asked for; empty where nobody has it
     * @param next the next offset of which there may be something, where there are no bytes; {@link Long#MAX_VALUE} for none
     */
    record Found(ByteBuffer bytes, long next) {
        public static final Found NOTHING = new Found(ByteBuffer.allocate(0), Long.MAX_VALUE);
    }

    /** One that has nothing. */
    static Past none() {
        return name -> new Reading() {
            @Override
            public CompletionStage<Found> read(long from, int atMost) {
                return CompletableFuture.completedFuture(Found.NOTHING);
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }
}
