package io.bulkhead.broker;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What the API needs of consoles' logs. The floor above keeps them and hands this in; the methods may be called on an event
 * loop, and read files on threads of their own.
 */
public interface ConsoleRecords {
    /** No logs at all. */
    ConsoleRecords NONE = new ConsoleRecords() {
        @Override
        public CompletionStage<Reading> read(PartitionName partition, Question question) {
            throw Refusal.of(ProblemCode.NOT_FOUND, "this control plane keeps no consoles' logs");
        }

        @Override
        public CompletionStage<Json.Obj> verify(PartitionName partition) {
            throw Refusal.of(ProblemCode.NOT_FOUND, "this control plane keeps no consoles' logs");
        }
    };

    /** In which form a log is wanted. */
    enum Form {
        /** The bytes as they came, without what is missing. */
        RAW,
        /** Lines with everything shown that is no text. */
        TEXT,
        /** JSON lines with output in base64, events and gaps. */
        ENTRIES,
        /** asciicast version 3. */
        ASCIICAST
    }

    /**
     * What is wanted of a log. The latest of all beginnings holds.
     *
     * @param form how
     * @param from the first offset
     * @param sinceMillis the first time, milliseconds since 1970 UTC
     * @param untilMillis the last time, likewise
     * @param lines only the last so many
     * @param bytes only the last so many
     * @param timestamps whether lines begin with their time
     * @param search only lines that a regular expression finds something in
     * @param follow whether to go on with what comes
     */
    record Question(
            Form form,
            Optional<Long> from,
            Optional<Long> sinceMillis,
            Optional<Long> untilMillis,
            Optional<Integer> lines,
            Optional<Long> bytes,
            boolean timestamps,
            Optional<String> search,
            boolean follow) {}

    /**
     * Begins to read a log.
     *
     * @return fails by a {@link Refusal}: NOT_FOUND where there is no log, INVALID_REQUEST for a question that makes no
     *     sense, TOO_MANY_REQUESTS where too many read at once
     */
    CompletionStage<Reading> read(PartitionName partition, Question question);

    /** Verifies a log; fails as {@link #read} does. The answer is the API's body. */
    CompletionStage<Json.Obj> verify(PartitionName partition);

    /** A log that is being read, by one caller who asks for one piece after the other. */
    interface Reading extends AutoCloseable {
        /** The media type of what is read. */
        String contentType();

        /** The next piece, some 64 KiB at most; empty at the end. Whoever follows waits until there is one. */
        CompletionStage<Optional<byte[]>> next();

        /** Ends it; a piece that is waited for does not come. */
        @Override
        void close();
    }
}
