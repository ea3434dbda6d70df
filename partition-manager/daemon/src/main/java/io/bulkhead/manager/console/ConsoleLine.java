package io.bulkhead.manager.console;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wire between a console's master and its hub. All work is done on the loop's thread, which is also the only one to
 * touch the fields: at most 64 KiB per turn, so that a console in full flood leaves the others their turns.
 */
final class ConsoleLine {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleLine.class);
    private static final int TURN_BYTES = 64 << 10;
    /** The kernel gives pieces of about 4 KiB whatever is asked. */
    private static final int READ_BYTES = 16 << 10;

    private static final Duration RETRY = Duration.ofMillis(20);

    private final PartitionName partition;
    private final ConsoleLoop loop;
    private final ConsoleCalls calls;
    private final ConsoleHub hub;

    private @Nullable Fd master;
    private ConsoleLoop.@Nullable Watch watch;
    private byte @Nullable [] buffer;
    private @Nullable WindowSize size;

    ConsoleLine(PartitionName partition, ConsoleLoop loop, ConsoleCalls calls, ConsoleHub hub) {
        this.partition = partition;
        this.loop = loop;
        this.calls = calls;
        this.hub = hub;
    }

    void connect(Fd newMaster) {
        loop.execute(() -> {
            master = newMaster;
            buffer = new byte[READ_BYTES];
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
        if (readable && !read(TURN_BYTES)) {
            pause();
            return;
        }
        if (writable) {
            writeInput();
        }
    }

    /** Reads until there is nothing more or enough; false while nobody holds the other side. */
    private boolean read(int most) {
        Fd current = master;
        byte[] into = buffer;
        int total = 0;
        while (current != null && into != null && total < most) {
            int count = attempt(() -> calls.read(current, into));
            if (count == ConsoleCalls.NOT_NOW) {
                return true;
            } else if (count < 0) {
                return false;
            }
            hub.append(into, count);
            total += count;
        }
        return true;
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
        if (watch != null) {
            watch.want(true, waiting.length > 0);
        }
    }

    /** A hung-up master is ready all the time: looks again a little later instead. */
    private void pause() {
        unwatch();
        Fd current = master;
        if (current != null) {
            loop.schedule(RETRY, () -> listen(current));
        }
    }

    private void letGo() {
        unwatch();
        // Nobody writes any more, so this ends; the bound is for a process that escaped its killing.
        read(4 << 20);
        master = null;
        buffer = null;
    }

    private void unwatch() {
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
