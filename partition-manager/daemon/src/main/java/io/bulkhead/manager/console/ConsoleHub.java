package io.bulkhead.manager.console;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.StreamMessage.Mark;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.sys.Fd;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The console of one partition, for as long as it is defined: it is there before the first run and between runs, and
 * its stream goes on over all of them, over managers and over reboots of the host.
 *
 * <pre>
 *   master ──loop──▶ ring ──each viewer's thread──▶ viewers
 *   master ◀──loop── input queue ◀── the one writer
 * </pre>
 *
 * Safe for any thread. The lock is held for copies of at most 64 KiB and while a ring is made, never while anything is
 * waited for. The ring is touched under the lock only: its memory goes when the console is closed.
 */
public final class ConsoleHub {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition output = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final PartitionName partition;
    private final RingStore store;
    private final ConsoleNumbering numbering;
    private final Consumer<Event> events;
    private final LongSupplier clockMillis;
    private final InputQueue input = new InputQueue();
    private final List<ConsoleViewer> viewers = new ArrayList<>();
    private final ConsoleLine line;
    /** Where the stream stands while there is no ring. */
    private long end;

    private ConsoleBounds bounds;
    private @Nullable ConsoleRing ring;
    private @Nullable ConsoleViewer writer;
    private boolean lineIsUp;
    private boolean closed;

    /**
     * @param partition whose console
     * @param bounds what it may cost
     * @param store has the ring of an earlier manager, maybe
     * @param numbering where the stream goes on if not
     * @param loop that reads and writes the masters
     * @param calls to the kernel
     * @param events hears of viewers that come and go
     * @param clockMillis for marks, milliseconds since 1970 UTC
     */
    ConsoleHub(
            PartitionName partition,
            ConsoleBounds bounds,
            RingStore store,
            ConsoleNumbering numbering,
            ConsoleLoop loop,
            ConsoleCalls calls,
            Consumer<Event> events,
            LongSupplier clockMillis) {
        this.partition = partition;
        this.bounds = bounds;
        this.store = store;
        this.numbering = numbering;
        this.events = events;
        this.clockMillis = clockMillis;
        this.end = numbering.reserved();
        this.line = new ConsoleLine(partition, loop, calls, this);
        this.ring = store.find(numbering.created()).map(this::fitted).orElse(null);
        line.limit(bounds.rate());
    }

    private ConsoleRing fitted(ConsoleRing found) {
        int capacity = (int) bounds.history().bytes();
        return found.capacity() == capacity
                ? found
                : store.make(numbering.created(), capacity, Optional.of(found), found.start());
    }

    /** The ring, made when it is needed first; null once the console is closed. Under the lock. */
    private @Nullable ConsoleRing ring() {
        if (ring == null && !closed) {
            ring = store.make(numbering.created(), (int) bounds.history().bytes(), Optional.empty(), end);
        }
        return ring;
    }

    /**
     * Does now what the first output would have to wait for. Throws {@link io.bulkhead.manager.record.RecordException} where
     * the numbering cannot be put on record.
     */
    public void prepare() {
        locked(this::ring);
        numbering.reserve(end());
    }

    /** Changes what it may cost, for the bytes to come. */
    public void configure(ConsoleBounds wanted) {
        locked(() -> {
            bounds = wanted;
            if (ring != null) {
                ring = fitted(ring);
            }
        });
        line.limit(wanted.rate());
    }

    /** A run has begun: reads its master until {@link #disconnect()}; the caller goes on owning it. */
    public void connect(Fd master) {
        numbering.reserveAnyway(end());
        locked(() -> {
            ring();
            lineIsUp = true;
        });
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

    /** Puts a line of the manager's own into the stream. */
    public void say(String text) {
        numbering.reserveAnyway(end());
        byte[] bytes = ("\r\n-- " + text + " --\r\n").getBytes(StandardCharsets.UTF_8);
        locked(() -> {
            ConsoleRing to = ring();
            if (to != null) {
                to.append(bytes, 0, bytes.length);
                output.signalAll();
            }
        });
    }

    /**
     * Marks the place where something happened, and says so in a line of the manager's own.
     *
     * @param detail one line; what is too long of it is left out
     */
    public void mark(Mark.Kind kind, String detail, String text) {
        markOnly(kind, detail);
        say(text);
    }

    private void markOnly(Mark.Kind kind, String detail) {
        String fitting = Details.fit(detail, Mark.MOST_DETAIL_BYTES);
        locked(() -> {
            ConsoleRing to = ring();
            if (to != null) {
                to.mark(clockMillis.getAsLong(), kind, fitting);
                output.signalAll();
            }
        });
    }

    public ConsoleStatus status() {
        lock.lock();
        try {
            return new ConsoleStatus(
                    end(),
                    viewers.size(),
                    Optional.ofNullable(writer).map(ConsoleViewer::name),
                    numbering.created(),
                    ring == null ? end : ring.start(),
                    bounds.history(),
                    bounds.rate(),
                    line.stalls(),
                    ring == null ? ByteSize.ZERO : new ByteSize(ring.skipped()));
        } finally {
            lock.unlock();
        }
    }

    private long end() {
        lock.lock();
        try {
            return ring == null ? end : ring.end();
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
     * @param start where to begin
     * @param follow whether to stay for what comes
     */
    public ConsoleViewer open(String name, boolean write, boolean takeOver, ConsoleStart start, boolean follow) {
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
            viewer = viewer(name, start, follow);
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

    private ConsoleViewer viewer(String name, ConsoleStart start, boolean follow) {
        ConsoleRing of = ring();
        long now = end();
        if (start.offset() > now) {
            throw new Refusal(new Problem(
                    ProblemCode.CONFLICT,
                    "the console of " + partition + " is at offset " + now + "; " + start.offset()
                            + " has not come yet",
                    Optional.of("ask for " + now + " or less, or for the newest bytes"),
                    List.of()));
        }
        long from = start.resolve(of == null ? now : of.start(), now);
        long mark = of == null ? 0 : of.marks().firstFrom(start.isNow() ? Long.MAX_VALUE : from);
        return new ConsoleViewer(this, name, from, follow ? Long.MAX_VALUE : now, mark);
    }

    /** The partition is gone: every viewer comes to its end, and nothing of the console stays. */
    public void close() {
        letGo();
        numbering.end();
    }

    /** The manager goes and takes the partition's runs with it: nothing but the numbering stays. */
    public void leave() {
        numbering.settle(end());
        letGo();
    }

    private void letGo() {
        locked(() -> {
            end = end();
            closed = true;
            ring = null;
            output.signalAll();
            room.signalAll();
        });
        store.remove();
    }

    // ---- for the line, on the loop's thread

    /** How many bytes may come before more offsets are reserved, which is on its way then. */
    long room() {
        long now = end();
        numbering.reserveAhead(now);
        return Math.max(0, numbering.reserved() - now);
    }

    /**
     * Takes bytes from the kernel; viewers are not told yet.
     *
     * @param wanted how many, at least 1; fewer may be asked for
     * @param exact whether the kernel has that many
     * @param read answers how many came; 0 or less for none
     * @return its answer
     */
    int receive(int wanted, boolean exact, ToIntFunction<ByteBuffer> read) {
        lock.lock();
        try {
            ConsoleRing to = ring();
            if (to == null) {
                return ConsoleCalls.NOT_NOW;
            }
            int count = 0;
            try {
                count = read.applyAsInt(to.beginRead(wanted, exact));
            } finally {
                to.endRead(count);
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Something has come. */
    void tell() {
        locked(output::signalAll);
    }

    void resized(WindowSize size) {
        markOnly(Mark.Kind.RESIZED, size.columns() + "x" + size.rows());
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
        ConsoleOutput next = ring == null ? null : viewer.advance(ring);
        if (next != null) {
            return next;
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
