package io.bulkhead.console.serial.log;

import io.bulkhead.console.serial.log.IndexRecord.Moment;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A console's log in files. What comes waits in a {@link WaitingRoom}, whose lock is never held while the disk works; the
 * files have a lock of their own, under which they are written, forced and, after a failure, opened anew.
 */
final class FileConsoleLog implements ConsoleLog {
    private static final Logger LOG = LoggerFactory.getLogger(FileConsoleLog.class);

    private final Storage storage;
    private final LogOptions options;
    private final String creation;
    private final ScheduledExecutorService threads;
    private final LongSupplier wallMillis;
    private final Runnable written;
    private final Object files = new Object();
    private final WaitingRoom room;

    // Guarded by the files' lock.
    private Optional<LogDirectory> directory = Optional.empty();
    private boolean syncScheduled;
    private boolean filesClosed;

    // Guarded by the room's lock.
    private boolean writeScheduled;
    private boolean closed;

    private final AtomicLong failures = new AtomicLong();
    private volatile Optional<String> trouble = Optional.empty();
    private volatile State state = new State(0, 0, 0, 0, 0);

    /** What is told of the files. */
    private record State(long start, long written, long forced, long bytes, long latencyMillis) {}

    /**
     * @param threads that write, force and retry
     * @param shared how much waits of all logs beyond what each has for itself
     * @param wallMillis milliseconds since 1970 UTC
     * @param written is run after each batch that was written, on a thread of the log; to be quick
     */
    FileConsoleLog(
            Storage storage,
            LogOptions options,
            String creation,
            ScheduledExecutorService threads,
            AtomicLong shared,
            LongSupplier wallMillis,
            Runnable written) {
        this.written = written;
        this.storage = storage;
        this.options = options;
        this.creation = creation;
        this.threads = threads;
        this.wallMillis = wallMillis;
        this.room = new WaitingRoom(options.waitingBytes(), options.sharedBytes(), shared);
    }

    /** Opens the files, now; where that fails, it is tried again with what is to be written. */
    void open() {
        synchronized (files) {
            try {
                LogDirectory opened = opened();
                synchronized (room) {
                    room.startAt(opened.end());
                }
            } catch (IOException | RuntimeException e) {
                failed(e);
            }
        }
    }

    private Moment now() {
        return new Moment(wallMillis.getAsLong(), System.nanoTime());
    }

    @Override
    public long end() {
        synchronized (room) {
            return room.end();
        }
    }

    @Override
    public void append(long offset, byte[] bytes, int start, int length) {
        synchronized (room) {
            room.output(offset, bytes, start, length, now());
            writeSoon(options.batchMillis());
        }
    }

    @Override
    public void mark(long offset, EntryKind kind, String detail, long atMillis) {
        synchronized (room) {
            room.mark(offset, kind, detail, new Moment(atMillis, System.nanoTime()));
            writeSoon(options.batchMillis());
        }
    }

    @Override
    public void gap(long from, long to, String reason) {
        synchronized (room) {
            room.gap(from, to, reason, now());
            writeSoon(options.batchMillis());
        }
    }

    /** With the room's lock. */
    private void writeSoon(long millis) {
        if (!writeScheduled && !closed && !room.isEmpty()) {
            writeScheduled = schedule(this::write, millis);
        }
    }

    private boolean schedule(Runnable task, long millis) {
        try {
            return !threads.schedule(task, millis, TimeUnit.MILLISECONDS).isCancelled();
        } catch (RejectedExecutionException e) {
            // All logs are being closed, which writes what waits.
            return false;
        }
    }

    private void write() {
        boolean done = writeBatch();
        synchronized (room) {
            writeScheduled = false;
            writeSoon(done ? options.batchMillis() : options.retryMillis());
        }
        if (done) {
            written.run();
        }
    }

    /** Writes what waits; false where the disk did not let it. */
    private boolean writeBatch() {
        synchronized (files) {
            if (filesClosed) {
                return true;
            }
            List<Waiting> batch;
            synchronized (room) {
                batch = room.takeAll();
            }
            try {
                LogDirectory into = opened();
                into.write(batch);
                wrote(into, batch);
                return true;
            } catch (IOException | RuntimeException e) {
                synchronized (room) {
                    room.putBack(batch);
                }
                failed(e);
                return false;
            }
        }
    }

    private LogDirectory opened() throws IOException {
        if (directory.isEmpty()) {
            LogDirectory opened = LogDirectory.open(storage, options, creation);
            directory = Optional.of(opened);
            state = new State(opened.start(), opened.end(), opened.end(), opened.bytes(), 0);
            if (opened.cutBytes() > 0) {
                LOG.atWarn()
                        .addKeyValue("directory", storage)
                        .addKeyValue("bytes", opened.cutBytes())
                        .log("The end of a console's log was not whole and is cut");
            }
        }
        return directory.get();
    }

    private void wrote(LogDirectory into, List<Waiting> batch) {
        synchronized (room) {
            room.release(batch);
            // Farther than what came only where the files could not be opened before.
            room.startAt(into.end());
        }
        long latency = batch.isEmpty()
                ? 0
                : TimeUnit.NANOSECONDS.toMillis(
                        System.nanoTime() - batch.get(0).moment().monotonicNanos());
        state = new State(into.start(), into.end(), state.forced(), into.bytes(), latency);
        if (trouble.isPresent()) {
            trouble = Optional.empty();
            LOG.atInfo().addKeyValue("directory", storage).log("A console's log is written again");
        }
        if (into.isUnforced() && !syncScheduled) {
            syncScheduled = schedule(this::sync, options.syncMillis());
        }
    }

    private void failed(Exception e) {
        failures.incrementAndGet();
        if (trouble.isEmpty()) {
            LOG.atError()
                    .addKeyValue("directory", storage)
                    .addKeyValue("reason", String.valueOf(e))
                    .setCause(e)
                    .log("A console's log cannot be written");
        }
        trouble = Optional.of("the log in " + storage + " cannot be written: " + e);
        closeDirectory();
    }

    private void closeDirectory() {
        try {
            if (directory.isPresent()) {
                directory.get().close();
            }
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("reason", String.valueOf(e)).log("A log's files did not close");
        }
        directory = Optional.empty();
    }

    private void sync() {
        synchronized (files) {
            syncScheduled = false;
            force();
        }
    }

    private void force() {
        try {
            if (directory.isPresent() && directory.get().isUnforced()) {
                directory.get().force();
                State now = state;
                state = new State(now.start(), now.written(), now.written(), now.bytes(), now.latencyMillis());
            }
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public LogHealth health() {
        State now = state;
        synchronized (room) {
            return new LogHealth(
                    trouble,
                    now.start(),
                    room.end(),
                    now.written(),
                    now.forced(),
                    now.bytes(),
                    options.quotaBytes(),
                    room.lost(),
                    room.lostMarks(),
                    failures.get(),
                    now.latencyMillis());
        }
    }

    @Override
    public void close() {
        end(true);
    }

    /** Closes the files, writing nothing more. */
    void abandon() {
        end(false);
    }

    private void end(boolean writing) {
        synchronized (room) {
            closed = true;
        }
        synchronized (files) {
            if (writing && !filesClosed) {
                writeBatch();
                force();
            }
            filesClosed = true;
            closeDirectory();
            synchronized (room) {
                room.release(room.takeAll());
            }
        }
    }
}
