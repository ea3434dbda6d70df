package io.bulkhead.console.ring;

import java.nio.ByteBuffer;

/**
 * The last output of a console, by offset. Made of blocks whose written bytes never change, so that any number of viewers
 * read them, and sockets send them, without a copy; a block that is no longer needed is left to the garbage collector.
 *
 * <p>Takes memory as it fills: at most its capacity, and a block's worth for each viewer whose socket still holds on to an
 * old one.
 *
 * @param <S> what a {@link Recorder} knows of a place
 */
public final class ConsoleRing<S> {
    /** The size of a block, bytes. */
    public static final int BLOCK_BYTES = 16 << 10;

    private final Recorder<S> recorder;
    private final Block<S>[] blocks;
    private int head;
    private int count;
    private long end;

    /** What a recorder said of a place at or before the one that was asked for. */
    public record Checkpoint<S>(long offset, S state) {}

    private static final class Block<S> {
        private final long start;
        private final S state;
        private final byte[] bytes = new byte[BLOCK_BYTES];
        private int length;

        Block(long start, S state) {
            this.start = start;
            this.state = state;
        }

        long end() {
            return start + length;
        }
    }

    /**
     * An empty ring.
     *
     * @param capacityBytes how much it keeps; rounded up to whole blocks, two at least
     * @param start the offset of the first byte that will come
     * @param recorder is told of all that comes
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public ConsoleRing(int capacityBytes, long start, Recorder<S> recorder) {
        this.blocks = new Block[Math.max(2, (capacityBytes + BLOCK_BYTES - 1) / BLOCK_BYTES)];
        this.end = start;
        this.recorder = recorder;
    }

    /** The lowest offset that is kept; the end where nothing is. */
    public long start() {
        return count == 0 ? end : block(0).start;
    }

    /** The offset behind all that came. */
    public long end() {
        return end;
    }

    /** Adds what came at the end; the bytes are copied. */
    public void append(byte[] bytes, int from, int length) {
        int taken = 0;
        while (taken < length) {
            Block<S> last = writable();
            int piece = Math.min(length - taken, BLOCK_BYTES - last.length);
            System.arraycopy(bytes, from + taken, last.bytes, last.length, piece);
            last.length += piece;
            end += piece;
            recorder.passed(bytes, from + taken, piece);
            taken += piece;
        }
    }

    /** Notes that what lies between the end and an offset is lost. */
    public void skipTo(long offset) {
        if (offset < end) {
            throw new IllegalArgumentException("the stream does not go back from " + end + " to " + offset);
        } else if (offset > end) {
            end = offset;
            recorder.lost();
        }
    }

    private Block<S> writable() {
        if (count > 0) {
            Block<S> last = block(count - 1);
            if (last.length < BLOCK_BYTES && last.end() == end) {
                return last;
            }
        }
        if (count == blocks.length) {
            blocks[head] = null;
            head = (head + 1) % blocks.length;
            count--;
        }
        Block<S> fresh = new Block<>(end, recorder.state());
        blocks[(head + count) % blocks.length] = fresh;
        count++;
        return fresh;
    }

    private Block<S> block(int index) {
        return blocks[(head + index) % blocks.length];
    }

    /** The last block that starts at or before an offset; -1 where there is none. */
    private int indexOf(long offset) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (block(middle).start <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /**
     * What lies at an offset from {@link #start} to {@link #end}.
     *
     * @param atMost how many bytes, 1 or more
     */
    public Piece read(long offset, int atMost) {
        if (offset < start() || offset > end) {
            throw new IllegalArgumentException(offset + " is outside of " + start() + " to " + end);
        } else if (offset == end) {
            return new Piece.End();
        }
        int index = indexOf(offset);
        Block<S> block = block(index);
        if (offset >= block.end()) {
            return new Piece.Hole(offset, index + 1 < count ? block(index + 1).start : end);
        }
        int from = (int) (offset - block.start);
        int length = Math.min(atMost, block.length - from);
        return new Piece.Bytes(
                offset, ByteBuffer.wrap(block.bytes, from, length).slice().asReadOnlyBuffer());
    }

    /** The nearest place at or before an offset of which the recorder said what holds; the offset is in the ring. */
    public Checkpoint<S> checkpoint(long offset) {
        int index = indexOf(offset);
        if (index < 0 || offset == end && count == 0) {
            return new Checkpoint<>(end, recorder.state());
        }
        return new Checkpoint<>(block(index).start, block(index).state);
    }

    /** The offset of the last so many lines; a newline at the end begins none. The start where there are not so many. */
    public long lineStart(long lines) {
        if (lines == 0) {
            return end;
        }
        long found = 0;
        for (int index = count - 1; index >= 0; index--) {
            Block<S> block = block(index);
            for (int i = block.length - 1; i >= 0; i--) {
                if (block.bytes[i] == '\n' && block.start + i + 1 < end && ++found == lines) {
                    return block.start + i + 1;
                }
            }
        }
        return start();
    }

    /** The start of the next line at or behind an offset, if it is not far; otherwise the offset itself. */
    public long nextLine(long offset, int atMost) {
        long to = Math.min(end, offset + atMost);
        long at = offset;
        while (at < to) {
            if (!(read(at, (int) (to - at)) instanceof Piece.Bytes piece)) {
                return offset;
            }
            ByteBuffer bytes = piece.bytes();
            for (int i = 0; i < bytes.remaining(); i++) {
                if (bytes.get(i) == '\n') {
                    return at + i + 1;
                }
            }
            at += bytes.remaining();
        }
        return offset;
    }

    /** How much memory it has taken, bytes. */
    public long memoryBytes() {
        return (long) count * BLOCK_BYTES;
    }
}
