package io.bulkhead.manager.console;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.manager.sys.Fd;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The console of one partition, for as long as it is defined: it is there before the first run and between runs, and
 * its stream goes on over all of them.
 *
 * <pre>
 *   master ──loop──▶ ring ──each viewer's thread──▶ viewers
 *   master ◀──loop── input queue ◀── the one writer
 * </pre>
 *
 * Safe for any thread. The lock is held for copies of at most 64 KiB only, never while anything is waited for.
 */
public final class ConsoleHub {
    private static final int PIECE_BYTES = 64 << 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition output = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final PartitionName partition;
    private final ConsoleRing ring;
    private final Consumer<Event> events;
    private final InputQueue input = new InputQueue();
    private final List<ConsoleViewer> viewers = new ArrayList<>();
    private final ConsoleLine line;
    private @Nullable ConsoleViewer writer;
    private boolean lineIsUp;
    private boolean closed;

    /**
     * @param partition whose console
     * @param historyBytes kept at most
     * @param loop that reads and writes the masters
     * @param calls to the kernel
     * @param events hears of viewers that come and go
     */
    public ConsoleHub(
            PartitionName partition, int historyBytes, ConsoleLoop loop, ConsoleCalls calls, Consumer<Event> events) {
        this.partition = partition;
        this.ring = new ConsoleRing(historyBytes);
        this.events = events;
        this.line = new ConsoleLine(partition, loop, calls, this);
    }

    /** A run has begun: reads its master until {@link #disconnect()}; the caller goes on owning it. */
    public void connect(Fd master) {
        locked(() -> lineIsUp = true);
        line.connect(master);
    }

    /** The run has ended: takes what its master still holds, and returns when the master may be closed. */
    public void disconnect() {
        line.disconnect();
        locked(() -> {
            lineIsUp = false;
            input.clear();
            room.signalAll();
        });
    }

    /** Puts a line of the manager's own into the stream: where a run began or ended. */
    public void mark(String text) {
        byte[] bytes = ("\r\n-- " + text + " --\r\n").getBytes(StandardCharsets.UTF_8);
        append(bytes, bytes.length);
    }

    public ConsoleStatus status() {
        lock.lock();
        try {
            return new ConsoleStatus(
                    ring.end(), viewers.size(), Optional.ofNullable(writer).map(ConsoleViewer::name));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Attaches a viewer.
     *
     * @param name who is asking
     * @param write whether to type; refused with {@link ProblemCode#CONFLICT} while somebody else does
     * @param takeOver whether to take the writing from whoever has it
     * @param historyBytes how much of the past comes first
     * @param follow whether to stay for what comes
     */
    public ConsoleViewer open(String name, boolean write, boolean takeOver, long historyBytes, boolean follow) {
        ConsoleViewer viewer;
        lock.lock();
        try {
            ConsoleViewer other = writer;
            if (write && other != null && !takeOver) {
                throw new Refusal(new Problem(
                        ProblemCode.CONFLICT,
                        "'" + other.name() + "' is typing on the console of " + partition,
                        Optional.of("view it without typing, or take the writing over"),
                        List.of(other.name() + " is typing")));
            }
            long from = Math.max(ring.start(), ring.end() - Math.min(historyBytes, ring.end()));
            viewer = new ConsoleViewer(this, name, from, follow ? Long.MAX_VALUE : ring.end());
            viewers.add(viewer);
            if (write) {
                writer = viewer;
                if (other != null) {
                    other.notices.add(new ConsoleOutput.WriterChanged(name));
                    output.signalAll();
                    room.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
        events.accept(new Event.ConsoleAttached(partition, name, write));
        return viewer;
    }

    /** The partition is gone: every viewer comes to its end. */
    public void close() {
        locked(() -> {
            closed = true;
            output.signalAll();
            room.signalAll();
        });
    }

    // ---- for the line, on the loop's thread

    void append(byte[] bytes, int count) {
        locked(() -> {
            ring.append(bytes, 0, count);
            output.signalAll();
        });
    }

    byte[] waitingInput() {
        lock.lock();
        try {
            return input.peek();
        } finally {
            lock.unlock();
        }
    }

    void inputWritten(int count) {
        locked(() -> {
            input.remove(count);
            room.signalAll();
        });
    }

    // ---- for viewers, each on its own thread

    @Nullable ConsoleOutput next(ConsoleViewer viewer, long atMostNanos) throws InterruptedException {
        long nanos = atMostNanos;
        lock.lockInterruptibly();
        try {
            while (true) {
                ConsoleOutput ready = ready(viewer);
                if (ready != null || nanos <= 0) {
                    return ready;
                }
                nanos = output.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable ConsoleOutput ready(ConsoleViewer viewer) {
        ConsoleOutput notice = viewer.notices.poll();
        if (notice != null) {
            return notice;
        }
        if (viewer.offset < ring.start()) {
            long from = viewer.offset;
            viewer.offset = Math.min(ring.start(), viewer.until);
            return new ConsoleOutput.Missed(from, viewer.offset);
        }
        int most = (int) Math.min(PIECE_BYTES, viewer.until - viewer.offset);
        byte[] piece = ring.read(viewer.offset, most);
        if (piece.length > 0) {
            viewer.offset += piece.length;
            return new ConsoleOutput.Bytes(piece);
        }
        return viewer.offset >= viewer.until || closed || viewer.closed ? new ConsoleOutput.End() : null;
    }

    /** How many of the bytes are done with, once there was room for some; what nobody could ever read is dropped. */
    int type(ConsoleViewer viewer, byte[] bytes, int from, long atMostNanos) throws InterruptedException {
        long nanos = atMostNanos;
        boolean wasEmpty;
        int taken;
        lock.lockInterruptibly();
        try {
            while (true) {
                if (writer != viewer || viewer.closed || !lineIsUp || closed) {
                    return bytes.length - from;
                }
                wasEmpty = input.isEmpty();
                taken = input.add(bytes, from);
                if (taken > 0 || from == bytes.length || nanos <= 0) {
                    break;
                }
                nanos = room.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
        if (wasEmpty) {
            line.flush();
        }
        return taken;
    }

    void resize(ConsoleViewer viewer, WindowSize size) {
        lock.lock();
        try {
            if (writer != viewer) {
                return;
            }
        } finally {
            lock.unlock();
        }
        line.resize(size);
    }

    void detach(ConsoleViewer viewer) {
        lock.lock();
        try {
            if (!viewers.remove(viewer)) {
                return;
            }
            viewer.closed = true;
            if (writer == viewer) {
                writer = null;
            }
            output.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        events.accept(new Event.ConsoleDetached(partition, viewer.name()));
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }
}
