package io.bulkhead.console.serial.log;

import io.bulkhead.broker.ConsoleRecords;
import io.bulkhead.broker.ConsoleRecords.Question;
import io.bulkhead.contract.partition.PartitionName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One log that somebody reads. All file work is done by tasks of the library's threads, one at a time: each makes a piece, or
 * ends after a while without one and queues up again.
 */
final class LogReading implements ConsoleRecords.Reading {
    private static final int PIECE_BYTES = 64 << 10;
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Executor threads;
    private final Runnable ended;
    private final LogReader reader;
    private final LogView view;
    private final Question question;
    private final FileConsoleLogs logs;
    private final PartitionName partition;
    private final AutoCloseable listening;

    // Of the task that runs.
    private boolean finished;

    // Guarded by this.
    private Optional<CompletableFuture<Optional<byte[]>>> waiting = Optional.empty();
    private boolean running;
    private boolean more;
    private boolean closed;

    /** @param ended is run once, when it has been closed */
    LogReading(
            FileConsoleLogs logs,
            PartitionName partition,
            Question question,
            Optional<LineSearch> search,
            Executor threads,
            Runnable ended)
            throws IOException {
        this.logs = logs;
        this.partition = partition;
        this.question = question;
        this.threads = threads;
        this.ended = ended;
        this.view = switch (question.form()) {
            case RAW -> LogView.raw();
            case TEXT -> new TextView(question.timestamps(), search);
            case ENTRIES -> new EntryView();
            case ASCIICAST -> new CastView(partition.value());
        };
        this.reader = logs.read(partition);
        Optional<Long> start = start(logs.storage(partition), question);
        if (start.isPresent()) {
            reader.from(start.get());
        }
        this.listening = question.follow() ? logs.onWritten(partition, this::wake) : () -> {};
    }

    private static Optional<Long> start(Storage storage, Question question) throws IOException {
        Optional<Long> start = question.from();
        if (question.sinceMillis().isPresent()) {
            start = later(
                    start, LogReader.offsetAt(storage, question.sinceMillis().get()));
        }
        if (question.lines().isPresent()) {
            start = later(start, TailFinder.offset(storage, question.lines().get()));
        }
        if (question.bytes().isPresent()) {
            long end = LogReader.offsetAt(storage, Long.MAX_VALUE);
            start = later(start, Math.max(0, end - question.bytes().get()));
        }
        return start;
    }

    private static Optional<Long> later(Optional<Long> one, long other) {
        return Optional.of(Math.max(one.orElse(0L), other));
    }

    @Override
    public String contentType() {
        return view.contentType();
    }

    @Override
    public synchronized CompletionStage<Optional<byte[]>> next() {
        CompletableFuture<Optional<byte[]>> piece = new CompletableFuture<>();
        waiting = Optional.of(piece);
        more = true;
        runSoon();
        return piece;
    }

    private synchronized void wake() {
        more = true;
        runSoon();
    }

    private synchronized void runSoon() {
        if (running || closed || !more || waiting.isEmpty()) {
            return;
        }
        try {
            threads.execute(this::turn);
            running = true;
            more = false;
        } catch (RejectedExecutionException e) {
            waiting.get().completeExceptionally(e);
        }
    }

    private void turn() {
        Optional<Optional<byte[]>> made = Optional.empty();
        Optional<Exception> failure = Optional.empty();
        try {
            made = make();
        } catch (IOException | RuntimeException e) {
            failure = Optional.of(e);
        }
        Optional<CompletableFuture<Optional<byte[]>>> told = Optional.empty();
        synchronized (this) {
            running = false;
            if (closed) {
                release();
                return;
            }
            if (made.isPresent() || failure.isPresent()) {
                told = waiting;
                waiting = Optional.empty();
            } else {
                runSoon();
            }
        }
        if (told.isPresent() && failure.isPresent()) {
            told.get().completeExceptionally(failure.get());
        } else if (told.isPresent()) {
            told.get().complete(made.orElseThrow());
        }
    }

    /** A piece, or the end; nothing where there is none yet. */
    private Optional<Optional<byte[]>> make() throws IOException {
        if (finished) {
            return Optional.of(Optional.empty());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long until = System.nanoTime() + TURN_NANOS;
        while (out.size() < PIECE_BYTES && System.nanoTime() - until < 0) {
            Optional<LogEntry> next = reader.next().filter(this::isWanted);
            if (next.isPresent()) {
                view.add(next.get(), out);
                finished = view.isDone();
            } else if (finished || isEnd()) {
                finished = true;
                view.end(out);
            } else {
                view.pause(out);
                return out.size() > 0 ? Optional.of(Optional.of(out.toByteArray())) : Optional.empty();
            }
            if (finished) {
                return Optional.of(out.size() > 0 ? Optional.of(out.toByteArray()) : Optional.empty());
            }
        }
        if (out.size() == 0) {
            synchronized (this) {
                more = true;
            }
            return Optional.empty();
        }
        return Optional.of(Optional.of(out.toByteArray()));
    }

    private boolean isWanted(LogEntry entry) {
        finished = question.untilMillis().isPresent()
                && entry.wallMillis() > question.untilMillis().get();
        return !finished;
    }

    /** Whoever follows a log that is removed, or that nobody writes any more, is at its end too. */
    private boolean isEnd() {
        return !question.follow() || !logs.isOpen(partition);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (running) {
                // The task that runs releases everything.
                return;
            }
        }
        release();
    }

    private void release() {
        try (reader) {
            listening.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing a log's files failed", e);
        } finally {
            ended.run();
        }
    }
}
