package io.bulkhead.console.serial.log;

import io.bulkhead.broker.ConsoleRecords;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets the API read consoles' logs. Two threads of its own read the files, a piece at a time, so that many who read slowly
 * need no thread each and one who searches does not hold the others up for long.
 */
public final class LogLibrary implements ConsoleRecords, AutoCloseable {
    /** How many may read at once; each has up to 200 KiB. */
    static final int MOST_READINGS = 64;

    private static final int THREADS = 2;

    private final FileConsoleLogs logs;
    private final ThreadPoolExecutor threads;
    private final AtomicInteger readings = new AtomicInteger();

    /** @param logs stays its owner's */
    public LogLibrary(FileConsoleLogs logs) {
        this.logs = logs;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(2 * MOST_READINGS), work -> {
                    Thread thread = new Thread(work, "console-log-reader-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public CompletionStage<Reading> read(PartitionName partition, Question question) {
        Optional<LineSearch> search = check(question);
        mustExist(partition);
        if (readings.incrementAndGet() > MOST_READINGS) {
            readings.decrementAndGet();
            throw busy();
        }
        CompletionStage<Reading> reading;
        try {
            reading = run(() -> new LogReading(logs, partition, question, search, threads, readings::decrementAndGet));
        } catch (Refusal e) {
            readings.decrementAndGet();
            throw e;
        }
        return reading.whenComplete((opened, failure) -> {
            if (failure != null) {
                readings.decrementAndGet();
            }
        });
    }

    private static Optional<LineSearch> check(Question question) {
        if (question.form() != Form.TEXT
                && (question.timestamps() || question.search().isPresent())) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST, "timestamps and search are for the form text", "add form=text");
        }
        try {
            return question.search().map(LineSearch::of);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Problem.of(ProblemCode.INVALID_REQUEST, "search: " + e.getMessage()), e);
        }
    }

    private void mustExist(PartitionName partition) {
        if (!logs.has(partition)) {
            throw Refusal.of(ProblemCode.NOT_FOUND, "there is no log of a console of '" + partition + "'");
        }
    }

    @Override
    public CompletionStage<Json.Obj> verify(PartitionName partition) {
        mustExist(partition);
        return run(() -> {
            Verification found = logs.verify(partition);
            return RecordCodec.encode(found).with("holds", Json.of(found.fault().isEmpty()));
        });
    }

    private <T> CompletionStage<T> run(Callable<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    done.complete(work.call());
                } catch (Exception e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            throw busy();
        }
        return done;
    }

    private static Refusal busy() {
        return Refusal.of(
                ProblemCode.TOO_MANY_REQUESTS,
                "more than " + MOST_READINGS + " read consoles' logs at once",
                "try again when some have ended");
    }

    /** Ends what is being read. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
