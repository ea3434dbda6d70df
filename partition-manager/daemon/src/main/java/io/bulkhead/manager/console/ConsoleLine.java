package io.bulkhead.manager.console;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wire between a console's master and its hub. All work is done on the loop's thread, which is also the only one to
 * touch the fields: at most 64 KiB per turn, so that a console in full flood leaves the others their turns. What is more
 * than the rate allows stays in the terminal, which makes the partition's writers wait.
 */
final class ConsoleLine {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleLine.class);
    private static final int TURN_BYTES = 64 << 10;

    /** For a terminal that is ready, but does not say with how much. */
    private static final int PROBE_BYTES = 256;

    /** More than a terminal holds; a bound for a process that escaped its killing. */
    private static final int REST_BYTES = 4 << 20;

    private static final Duration RETRY = Duration.ofMillis(20);

    /** In a flood viewers hear of what came so often, not of each 4 KiB that a terminal gives at a time. */
    private static final long TELL_NANOS = 1_000_000;

    private final PartitionName partition;
    private final ConsoleLoop loop;
    private final ConsoleCalls calls;
    private final ConsoleHub hub;

    private @Nullable Fd master;
    private ConsoleLoop.@Nullable Watch watch;
    private @Nullable WindowSize size;
    private @Nullable RateBucket bucket;
    private boolean wantsToWrite;
    private boolean stalled;
    private boolean tellScheduled;
    private long lastTold = System.nanoTime() - TELL_NANOS;

    /** Read by any thread. */
    private final AtomicLong stalls = new AtomicLong();

    ConsoleLine(PartitionName partition, ConsoleLoop loop, ConsoleCalls calls, ConsoleHub hub) {
        this.partition = partition;
        this.loop = loop;
        this.calls = calls;
        this.hub = hub;
    }

    /** How often the partition's writers were made to wait. Any thread. */
    long stalls() {
        return stalls.get();
    }

    void limit(Limit<ByteRate> rate) {
        loop.execute(() -> bucket = rate instanceof Limit.Limited<ByteRate> bound
                ? new RateBucket(bound.value(), System.nanoTime())
                : null);
    }

    void connect(Fd newMaster) {
        loop.execute(() -> {
            master = newMaster;
            applySize();
            listen(newMaster);
        });
    }

    /** Returns when the loop has let go of the master; not to be called on the loop's thread. */
    void disconnect() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                letGo();
            } finally {
                done.complete(null);
            }
        });
        done.join();
    }

    void flush() {
        loop.execute(this::writeInput);
    }

    void resize(WindowSize wanted) {
        loop.execute(() -> {
            // A change only: every setting is a SIGWINCH, and some programs take that for an order to stop.
            if (!wanted.equals(size)) {
                size = wanted;
                applySize();
                hub.resized(wanted);
            }
        });
    }

    private void listen(Fd current) {
        if (master == current && watch == null) {
            watch = loop.watch(current, this::ready);
            writeInput();
        }
    }

    private void ready(boolean readable, boolean writable) {
        if (readable && !stalled && !read(TURN_BYTES, true)) {
            pause();
            return;
        }
        if (writable) {
            writeInput();
        }
    }

    /**
     * Reads until there is nothing more or enough; false while nobody holds the other side.
     *
     * @param bounded whether the rate holds, and the loop tells when there is more
     */
    private boolean read(int most, boolean bounded) {
        int total = 0;
        boolean held = true;
        Fd current = master;
        while (current != null && total < most) {
            int allowed = (int) Math.min(most - total, bounded ? allowed() : hub.room());
            if (allowed == 0) {
                stall();
                break;
            }
            int available = attempt(() -> calls.available(current));
            // More may be on its way; the loop tells. At the end nobody does, and a read waits for the way to be empty.
            if (available == 0 && total > 0 && bounded) {
                break;
            }
            int wanted = Math.min(available > 0 ? available : PROBE_BYTES, allowed);
            int count = attempt(() -> hub.receive(wanted, available > 0, window -> calls.read(current, window)));
            if (count <= 0) {
                held = count == ConsoleCalls.NOT_NOW;
                break;
            }
            total += count;
            if (bounded && bucket != null) {
                bucket.take(count);
            }
        }
        if (total > 0) {
            tell();
        }
        return held;
    }

    private long allowed() {
        long room = hub.room();
        return bucket == null ? room : Math.min(room, bucket.available(System.nanoTime()));
    }

    /** Does not look at the master until more may come. */
    private void stall() {
        ConsoleLoop.Watch current = watch;
        if (current == null) {
            return;
        }
        stalled = true;
        stalls.incrementAndGet();
        want();
        RateBucket slow = bucket;
        // While offsets are being reserved there is nothing to compute: looks again a little later.
        Duration pause = slow != null && hub.room() > 0 ? slow.untilWorthwhile(System.nanoTime()) : RETRY;
        later(pause, () -> goOn(current));
    }

    private void goOn(ConsoleLoop.Watch stopped) {
        if (watch == stopped && stalled) {
            stalled = false;
            want();
        }
    }

    private void tell() {
        long now = System.nanoTime();
        if (now - lastTold >= TELL_NANOS) {
            lastTold = now;
            hub.tell();
        } else if (!tellScheduled) {
            tellScheduled = true;
            later(Duration.ofNanos(TELL_NANOS), () -> {
                tellScheduled = false;
                lastTold = System.nanoTime();
                hub.tell();
            });
        }
    }

    private void writeInput() {
        Fd current = master;
        if (current == null) {
            return;
        }
        byte[] waiting = hub.waitingInput();
        while (waiting.length > 0) {
            byte[] bytes = waiting;
            int count = attempt(() -> calls.write(current, bytes));
            if (count == ConsoleCalls.NOT_NOW) {
                break;
            }
            // Nobody holds the other side: as on a real line, what is typed now is lost.
            int gone = count < 0 ? waiting.length : count;
            hub.inputWritten(gone);
            // Asked again, not cut: who typed meanwhile saw the queue filled and called nobody.
            waiting = hub.waitingInput();
        }
        wantsToWrite = waiting.length > 0;
        want();
    }

    private void want() {
        if (watch != null) {
            watch.want(!stalled, wantsToWrite);
        }
    }

    /** A hung-up master is ready all the time: looks again a little later instead. */
    private void pause() {
        unwatch();
        Fd current = master;
        if (current != null) {
            later(RETRY, () -> listen(current));
        }
    }

    private void later(Duration delay, Runnable task) {
        try {
            loop.schedule(delay, task);
        } catch (RejectedExecutionException e) {
            // The manager goes; the next one reads on.
            LOG.atDebug().addKeyValue("partition", partition).log("The console is left alone");
        }
    }

    private void letGo() {
        unwatch();
        // Nobody writes any more, so this ends.
        read(REST_BYTES, false);
        hub.tell();
        master = null;
    }

    private void unwatch() {
        stalled = false;
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    private void applySize() {
        Fd current = master;
        WindowSize wanted = size;
        if (current != null && wanted != null) {
            attempt(() -> {
                calls.setWindowSize(current, wanted);
                return 0;
            });
        }
    }

    private int attempt(IntSupplier call) {
        try {
            return call.getAsInt();
        } catch (ErrnoException e) {
            LOG.atWarn().addKeyValue("partition", partition).setCause(e).log("The console cannot be reached");
            return ConsoleCalls.NOBODY;
        }
    }
}
