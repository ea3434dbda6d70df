package io.bulkhead.manager.console;

import io.bulkhead.contract.partition.WindowSize;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One who looks at a console, and maybe types. Has nothing but a place in the stream: no copy of it. One thread takes the
 * output, another may type; {@link #close()} from any thread ends both.
 */
public final class ConsoleViewer implements AutoCloseable {
    private static final int PIECE_BYTES = 64 << 10;

    private final ConsoleHub hub;
    private final String name;
    private final long start;

    /** All below are guarded by the hub's lock. */
    final long until;

    /** The number of the next mark to tell of. */
    long nextMark;

    long offset;
    boolean closed;
    final Deque<ConsoleOutput> notices = new ArrayDeque<>();

    ConsoleViewer(ConsoleHub hub, String name, long start, long until, long nextMark) {
        this.hub = hub;
        this.name = name;
        this.start = start;
        this.offset = start;
        this.until = until;
        this.nextMark = nextMark;
    }

    public String name() {
        return name;
    }

    /** The offset of the first byte to come. */
    public long start() {
        return start;
    }

    /** The next output; empty if there is none within the time. After an {@link ConsoleOutput.End} nothing comes. */
    public Optional<ConsoleOutput> next(Duration atMost) throws InterruptedException {
        return Optional.ofNullable(hub.next(this, atMost.toNanos()));
    }

    /**
     * Types. Waits while 8 KiB are on their way that the partition does not read: that slows this writer and nobody
     * else. Without effect from a viewer that is not the writer (any more), and while nothing runs.
     *
     * @param from where to start in the bytes
     * @return how many are done with; 0 if there was no room within the time
     */
    public int type(byte[] bytes, int from, Duration atMost) throws InterruptedException {
        return hub.type(this, bytes, from, atMost.toNanos());
    }

    /** Sets the console's size; without effect from a viewer that is not the writer. */
    public void resize(WindowSize size) {
        hub.resize(this, size);
    }

    /** Takes the next thing from its place in the stream on; null where nothing has come yet. Under the hub's lock. */
    @Nullable ConsoleOutput advance(ConsoleRing ring) {
        long bound = until;
        Optional<RingMarks.Numbered> next = ring.marks().next(nextMark);
        if (next.isPresent()) {
            if (next.get().mark().offset() <= offset) {
                nextMark = next.get().number() + 1;
                return new ConsoleOutput.Marked(next.get().mark());
            }
            bound = Math.min(until, next.get().mark().offset());
        }
        OptionalLong gapEnd = offset < ring.start() ? OptionalLong.of(ring.start()) : ring.gapAt(offset);
        if (gapEnd.isPresent()) {
            long from = offset;
            offset = Math.min(gapEnd.getAsLong(), until);
            return offset > from ? new ConsoleOutput.Missed(from, offset) : null;
        }
        byte[] piece = ring.read(offset, (int) Math.min(PIECE_BYTES, bound - offset));
        offset += piece.length;
        return piece.length > 0 ? new ConsoleOutput.Bytes(piece) : null;
    }

    @Override
    public void close() {
        hub.detach(this);
    }
}
