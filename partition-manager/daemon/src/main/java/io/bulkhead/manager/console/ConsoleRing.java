package io.bulkhead.manager.console;

/**
 * The newest bytes of an endless stream, addressed by their offset since its beginning. Grows with the stream up to its
 * maximum, then forgets the oldest. Pure; for one thread at a time.
 */
public final class ConsoleRing {
    private static final int FIRST_CAPACITY = 4096;

    private final int maximum;
    private byte[] ring;
    private long start;
    private long end;

    /** @param maximum bytes kept, at least 1 */
    public ConsoleRing(int maximum) {
        if (maximum < 1) {
            throw new IllegalArgumentException("a ring keeps at least one byte: " + maximum);
        }
        this.maximum = maximum;
        this.ring = new byte[Math.min(FIRST_CAPACITY, maximum)];
    }

    /** The offset of the oldest byte that is still there. */
    public long start() {
        return start;
    }

    /** The offset of the next byte to come: how many there have been. */
    public long end() {
        return end;
    }

    /** Adds bytes at the end. */
    public void append(byte[] bytes, int from, int count) {
        // Of a piece larger than the ring only the tail can stay.
        int skipped = Math.max(0, count - maximum);
        grow(Math.min(maximum, end - start + count));
        end += skipped;
        copyIn(bytes, from + skipped, count - skipped);
        end += count - skipped;
        start = Math.max(start, end - ring.length);
    }

    /**
     * Copies bytes from an offset on.
     *
     * @param from {@link #start()} to {@link #end()}; what was forgotten cannot be read
     * @param atMost how many
     * @return as many as there are, maybe none
     */
    public byte[] read(long from, int atMost) {
        if (from < start || from > end) {
            throw new IllegalArgumentException("offset " + from + " is not in " + start + " to " + end);
        }
        byte[] piece = new byte[(int) Math.min(atMost, end - from)];
        int first = Math.min(piece.length, ring.length - index(from));
        System.arraycopy(ring, index(from), piece, 0, first);
        System.arraycopy(ring, 0, piece, first, piece.length - first);
        return piece;
    }

    private void copyIn(byte[] bytes, int from, int count) {
        int first = Math.min(count, ring.length - index(end));
        System.arraycopy(bytes, from, ring, index(end), first);
        System.arraycopy(bytes, from + first, ring, 0, count - first);
    }

    private void grow(long needed) {
        if (needed <= ring.length) {
            return;
        }
        byte[] held = read(start, (int) (end - start));
        ring = new byte[(int) Math.min(maximum, Math.max(needed, 2L * ring.length))];
        long stop = end;
        end = start;
        copyIn(held, 0, held.length);
        end = stop;
    }

    private int index(long offset) {
        return (int) (offset % ring.length);
    }
}
