package io.bulkhead.broker.audit;

import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit trail of one control plane: JSON lines in a directory of its own, in files of limited size and number.
 *
 * <p>An entry is written within milliseconds of the answer it tells of, and is not forced to the disk one by one: a
 * crash of the host may lose the last seconds of it, a crash of the control plane what is in the queue. What cannot be
 * written is counted and told by {@link #trouble}; the API goes on, as stopping a runaway partition must not fail for a
 * full disk.
 */
public final class AuditTrail implements AutoCloseable {
    /** The largest file, bytes. */
    public static final long FILE_BYTES = 4L << 20;

    /** How many files there are at most: the one that is written and older ones. */
    public static final int FILES = 4;

    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);
    private static final int MOST_WAITING = 10_000;
    private static final long CLOSE_SECONDS = 5;

    private final AuditFiles files;
    private final LongSupplier clockMillis;
    private final ThreadPoolExecutor writer;
    private final AtomicLong lost = new AtomicLong();
    private volatile Optional<String> trouble = Optional.empty();

    /**
     * A piece of the trail.
     *
     * @param entries in the order of their numbers
     * @param more whether there are more behind the last
     */
    public record Page(List<AuditEntry> entries, boolean more) {
        public Page {
            entries = List.copyOf(entries);
        }
    }

    /**
     * The trail in a directory, which is made with the first entry.
     *
     * @param clockMillis milliseconds since 1970 UTC
     */
    public AuditTrail(Path directory, LongSupplier clockMillis) {
        this(new AuditFiles(directory, FILE_BYTES, FILES), clockMillis);
    }

    AuditTrail(AuditFiles files, LongSupplier clockMillis) {
        this.files = files;
        this.clockMillis = clockMillis;
        this.writer =
                new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), work -> {
                    Thread thread = new Thread(work, "audit");
                    thread.setDaemon(true);
                    return thread;
                });
        writer.allowCoreThreadTimeOut(true);
    }

    /** Adds an entry; its number and its time are given here. */
    public void append(AuditEntry entry) {
        long now = clockMillis.getAsLong();
        try {
            writer.execute(() -> write(entry, now));
        } catch (RejectedExecutionException e) {
            lost(entry, "more than " + MOST_WAITING + " entries wait to be written", e);
        }
    }

    private void write(AuditEntry entry, long now) {
        try {
            files.append(number -> RecordCodec.encode(entry.at(number, now)).toString());
            trouble = Optional.empty();
        } catch (IOException e) {
            lost(entry, String.valueOf(e), e);
        }
    }

    private void lost(AuditEntry entry, String reason, Exception cause) {
        lost.incrementAndGet();
        if (trouble.isEmpty()) {
            LOG.atError()
                    .addKeyValue("reason", reason)
                    .addKeyValue("verb", entry.verb())
                    .addKeyValue("who", entry.who())
                    .setCause(cause)
                    .log("The audit trail cannot be written");
        }
        trouble = Optional.of("the audit trail in " + files.directory() + " cannot be written: " + reason);
    }

    /** How many entries could not be written since this control plane started. */
    public long lost() {
        return lost.get();
    }

    /** Why the last entry could not be written, if that is so. */
    public Optional<String> trouble() {
        return trouble;
    }

    /**
     * Reads a piece of the trail.
     *
     * @param after the number of the last entry already seen, 0 for none
     * @param sinceMillis only entries of this time or later
     * @param atMost how many entries
     */
    public CompletionStage<Page> read(long after, long sinceMillis, int atMost) {
        CompletableFuture<Page> page = new CompletableFuture<>();
        try {
            writer.execute(() -> {
                try {
                    page.complete(files.read(after, sinceMillis, atMost));
                } catch (IOException | RuntimeException e) {
                    page.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            page.completeExceptionally(e);
        }
        return page;
    }

    /** Writes what waits, a few seconds at most. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.atError()
                        .addKeyValue("entries", writer.getQueue().size())
                        .log("Entries of the audit trail were not written in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
