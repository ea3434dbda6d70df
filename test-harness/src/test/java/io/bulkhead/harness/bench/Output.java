package io.bulkhead.harness.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps what a program prints, and its end, for whoever waits for that. Any thread. */
final class Output implements Program {
    private static final int MOST_BYTES = 8 << 20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private @Nullable Integer status;
    private long changes;

    synchronized void take(byte[] piece, int length) {
        // A hog may print for as long as it likes.
        if (bytes.size() < MOST_BYTES) {
            bytes.write(piece, 0, length);
        }
        changes++;
        notifyAll();
    }

    synchronized void end(int with) {
        status = with;
        notifyAll();
    }

    @Override
    public synchronized String output() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public synchronized Optional<Integer> status() {
        return Optional.ofNullable(status);
    }

    @Override
    public synchronized void awaitChange(Duration patience) throws InterruptedException {
        long seen = changes;
        long deadline = System.nanoTime() + patience.toNanos();
        while (status == null && changes == seen && System.nanoTime() < deadline) {
            wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        }
    }
}
