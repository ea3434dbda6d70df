package io.bulkhead.manager.console;

import io.bulkhead.manager.record.ConsoleRecord;
import io.bulkhead.manager.record.RecordException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offsets never go back, not even when the host loses power: before one is given out, a number beyond it is on record.
 * That is done ahead, {@value #STEP} at a time, so that the disk is seldom waited for. Who finds no ring any more goes on
 * at that number, and the offsets between are a gap.
 *
 * <p>If the record cannot be written the console goes on all the same, and a power cut may then repeat offsets: the log has
 * it. Safe for any thread.
 */
final class ConsoleNumbering {
    static final long STEP = 64L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleNumbering.class);
    private static final int NAME_BYTES = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final Records records;
    private final Executor executor;
    private final String created;
    private volatile long reserved;
    private volatile boolean underWay;
    /** Guarded by the lock. */
    private boolean over;

    /** The console's numbering on record. */
    interface Records {
        Optional<ConsoleRecord> load();

        void save(ConsoleRecord console, boolean durable);

        void remove();
    }

    /** @param executor may wait for the disk */
    ConsoleNumbering(Records records, Executor executor) {
        this.records = records;
        this.executor = executor;
        Optional<ConsoleRecord> before = records.load();
        this.created = before.map(ConsoleRecord::created).orElseGet(ConsoleNumbering::newName);
        this.reserved = before.map(ConsoleRecord::reserved).orElse(0L);
    }

    private static String newName() {
        byte[] name = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(name);
        return HexFormat.of().formatHex(name);
    }

    /** Names this numbering. */
    String created() {
        return created;
    }

    /** Offsets below may be given out. */
    long reserved() {
        return reserved;
    }

    /** Sees to it that a step's worth of offsets from one on may be given out; waits for the disk, maybe. */
    void reserve(long from) {
        lock.lock();
        try {
            if (reserved - from < STEP / 2 && !over) {
                save(from + STEP, true);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The same, but the console goes on where that fails. */
    void reserveAnyway(long from) {
        try {
            reserve(from);
        } catch (RecordException e) {
            LOG.atError().setCause(e).log("The numbering of a console is not on record");
            reserved = Math.max(reserved, from + STEP);
        }
    }

    /** The same ahead of time, for who may not wait. */
    void reserveAhead(long from) {
        if (reserved - from >= STEP / 2 || underWay) {
            return;
        }
        underWay = true;
        try {
            executor.execute(() -> {
                try {
                    reserveAnyway(from);
                } finally {
                    underWay = false;
                }
            });
        } catch (RejectedExecutionException e) {
            // The manager goes, and what is reserved lasts for its last bytes.
            underWay = false;
        }
    }

    /** No more offsets are given out: the next one to come is put on record, as far as that can be done. */
    void settle(long end) {
        lock.lock();
        try {
            over = true;
            // Lost in a power cut, it leaves the number that was reserved: a gap, and no harm.
            save(end, false);
        } catch (RecordException e) {
            LOG.atWarn().setCause(e).log("The numbering of a console will jump");
        } finally {
            lock.unlock();
        }
    }

    /** The console is deleted, and its record goes. */
    void end() {
        lock.lock();
        try {
            over = true;
            records.remove();
        } catch (RecordException e) {
            LOG.atWarn().setCause(e).log("The numbering of a deleted console is still on record");
        } finally {
            lock.unlock();
        }
    }

    private void save(long end, boolean durable) {
        records.save(new ConsoleRecord(created, end), durable);
        reserved = end;
    }
}
