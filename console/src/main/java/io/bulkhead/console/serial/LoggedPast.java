package io.bulkhead.console.serial;

import io.bulkhead.console.serial.log.FileConsoleLogs;
import io.bulkhead.console.serial.log.LogWindow;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The past out of the logs' files, read by one thread for all viewers, a piece of each in turn. */
public final class LoggedPast implements Past, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedPast.class);

    private final FileConsoleLogs logs;
    private final ThreadPoolExecutor thread;

    public LoggedPast(FileConsoleLogs logs) {
        this.logs = logs;
        this.thread = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread reading = new Thread(work, "console-past");
            reading.setDaemon(true);
            return reading;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    @Override
    public Reading open(PartitionName name) {
        return new WindowReading(logs.window(name));
    }

    private final class WindowReading implements Reading {
        private final LogWindow window;

        private WindowReading(LogWindow window) {
            this.window = window;
        }

        @Override
        public CompletionStage<Found> read(long from, int atMost) {
            try {
                return CompletableFuture.supplyAsync(() -> find(from, atMost), thread);
            } catch (RejectedExecutionException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private Found find(long from, int atMost) {
            try {
                LogWindow.Piece piece = window.read(from, atMost);
                return new Found(piece.bytes(), piece.next());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            try {
                thread.execute(this::closeNow);
            } catch (RejectedExecutionException e) {
                // The thread has ended, so nobody reads.
                closeNow();
            }
        }

        private void closeNow() {
            try {
                window.close();
            } catch (IOException e) {
                LOG.atWarn().setCause(e).log("A console's log could not be closed after reading");
            }
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
