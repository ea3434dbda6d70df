package io.bulkhead.manager.console;

import io.bulkhead.contract.order.StreamMessage.Mark;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The newest bytes of an endless stream, addressed by their offset since its beginning, in memory that outlives the process
 * (see {@link RingMemory}). Offsets that hold no bytes are gaps; marks stand between bytes. Killed at any instruction, it is
 * found again by {@link #recover} with every byte that was committed.
 *
 * <p>Bytes of the kernel's are written by read(2) itself into the place where they stay ({@link #beginRead}). Before that
 * the place is filled with a secret pattern and the intention is noted, so that a successor sees what had come when the
 * process died before it could say so ({@link #endRead}).
 *
 * <pre>
 *      0  magic, version, capacity, key of the pattern
 *     64  whose it is: creation of the console and boot of the host, text
 *    192  base: no byte before it is there     200  end
 *    208  a read is under way from, 216 to, 224 whether it takes exactly that if anything
 *    512  gaps      4096  marks      24576  bytes
 * </pre>
 *
 * For one thread at a time.
 */
final class ConsoleRing {
    /** The most that one read can take. The bytes have that much more room than the capacity, so that it costs no past. */
    static final int MOST_READ = 64 << 10;

    private static final long MAGIC = 0x31_676E_6952_6B6C_42L;
    private static final long VERSION = 1;
    private static final long NONE = -1;

    private static final int AT_MAGIC = 0;
    private static final int AT_VERSION = 8;
    private static final int AT_CAPACITY = 16;
    private static final int AT_KEY = 24;
    private static final int AT_OWNER = 64;
    private static final int OWNER_BYTES = 128;
    private static final int AT_BASE = 192;
    private static final int AT_END = 200;
    private static final int AT_READ_FROM = 208;
    private static final int AT_READ_TO = 216;
    private static final int AT_READ_EXACT = 224;
    private static final int AT_GAPS = 512;
    private static final int AT_MARKS = 4096;
    private static final int AT_BYTES = 24_576;

    /** That many bytes of the pattern in a row are not output by chance. */
    private static final int SURE = 8;

    /** This process's secret: a partition that knew it could write what looks like nothing. */
    private static final long KEY = new SecureRandom().nextLong();

    private static final byte[] PATTERN = pattern();

    private final RingMemory memory;
    private final int capacity;
    private final int length;
    private final RingGaps gaps;
    private final RingMarks marks;
    private long base;
    private long end;

    private ConsoleRing(RingMemory memory) {
        this.memory = memory;
        this.capacity = (int) memory.getLong(AT_CAPACITY);
        this.length = memory.size() - AT_BYTES;
        this.gaps = new RingGaps(memory, AT_GAPS);
        this.marks = new RingMarks(memory, AT_MARKS);
        this.base = memory.getLong(AT_BASE);
        this.end = memory.getLong(AT_END);
    }

    /** How much memory a ring takes that keeps so many bytes. */
    static int memoryFor(int capacity) {
        return Math.addExact(AT_BYTES + MOST_READ, capacity);
    }

    /**
     * Makes an empty one.
     *
     * @param memory of {@link #memoryFor} bytes, all zero or a former ring's
     * @param owner which stream of which boot it is, at most 128 bytes
     * @param base offset of the first byte to come
     */
    static ConsoleRing format(RingMemory memory, String owner, long base) {
        memory.putLong(AT_MAGIC, 0);
        memory.putLong(AT_VERSION, VERSION);
        memory.putLong(AT_CAPACITY, memory.size() - AT_BYTES - MOST_READ);
        memory.putLong(AT_KEY, KEY);
        byte[] text = padded(owner);
        memory.put(AT_OWNER, text, 0, text.length);
        memory.putLong(AT_BASE, base);
        memory.putLong(AT_END, base);
        memory.putLong(AT_READ_FROM, NONE);
        RingGaps.clear(memory, AT_GAPS);
        RingMarks.clear(memory, AT_MARKS);
        memory.putLong(AT_MAGIC, MAGIC);
        return new ConsoleRing(memory);
    }

    /** Takes up what an earlier process has left; empty where that is no ring of this owner's. */
    static Optional<ConsoleRing> recover(RingMemory memory, String owner) {
        byte[] text = new byte[OWNER_BYTES];
        if (memory.size() <= AT_BYTES + MOST_READ || memory.getLong(AT_MAGIC) != MAGIC) {
            return Optional.empty();
        }
        memory.get(AT_OWNER, text, 0, text.length);
        if (memory.getLong(AT_VERSION) != VERSION
                || memory.getLong(AT_CAPACITY) != memory.size() - AT_BYTES - MOST_READ
                || !Arrays.equals(text, padded(owner))) {
            return Optional.empty();
        }
        ConsoleRing ring = new ConsoleRing(memory);
        if (ring.base < 0 || ring.end < ring.base || !ring.gaps.isSound(ring.end)) {
            return Optional.empty();
        }
        ring.settle();
        return Optional.of(ring);
    }

    private static byte[] padded(String owner) {
        byte[] text = owner.getBytes(StandardCharsets.UTF_8);
        if (text.length > OWNER_BYTES) {
            throw new IllegalArgumentException("an owner's text has at most " + OWNER_BYTES + " bytes: " + owner);
        }
        return Arrays.copyOf(text, OWNER_BYTES);
    }

    /** Finishes what was under way. */
    private void settle() {
        if (gaps.newestEnd() > end) {
            end(gaps.newestEnd());
        }
        if (memory.getLong(AT_READ_FROM) == end) {
            settleRead((int) Math.min(Math.max(0, memory.getLong(AT_READ_TO) - end), contiguous()));
        }
        memory.putLong(AT_READ_FROM, NONE);
        memory.putLong(AT_KEY, KEY);
    }

    /** What a read has left of the pattern tells what it took. */
    private void settleRead(int wanted) {
        int untouched = untouched(wanted);
        if (untouched == wanted) {
            if (wanted < SURE) {
                // As many bytes of output may look like the pattern, if seldom.
                skip(wanted);
            }
        } else if (untouched < SURE && memory.getLong(AT_READ_EXACT) != 0) {
            end(end + wanted);
        } else {
            end(end + wanted - untouched);
            // Its last bytes may have looked like the pattern.
            skip(SURE);
        }
    }

    private int untouched(int wanted) {
        long key = memory.getLong(AT_KEY);
        byte[] bytes = new byte[wanted];
        memory.get(at(end), bytes, 0, wanted);
        int count = 0;
        while (count < wanted && bytes[wanted - 1 - count] == patternAt(key, end + wanted - 1 - count)) {
            count++;
        }
        return count;
    }

    // ---- what there is

    /** How many of the newest offsets it holds. */
    int capacity() {
        return capacity;
    }

    /** The offset of the oldest byte that is still there. */
    long start() {
        return Math.max(base, end - capacity);
    }

    /** The offset of the next byte to come. */
    long end() {
        return end;
    }

    /** How many offsets of what is held are gaps. */
    long skipped() {
        return gaps.sizeFrom(start());
    }

    /** Where the gap ends that an offset is in. */
    OptionalLong gapAt(long offset) {
        return gaps.endAt(offset);
    }

    RingMarks marks() {
        return marks;
    }

    /**
     * Copies bytes from an offset on.
     *
     * @param from {@link #start()} to {@link #end()}; what was forgotten cannot be read
     * @param atMost how many
     * @return as many as there are before the next gap, maybe none
     */
    byte[] read(long from, int atMost) {
        if (from < start() || from > end) {
            throw new IllegalArgumentException("offset " + from + " is not in " + start() + " to " + end);
        }
        if (gaps.endAt(from).isPresent()) {
            return new byte[0];
        }
        byte[] piece = new byte[(int) Math.min(atMost, Math.min(end, gaps.nextAfter(from)) - from)];
        int first = Math.min(piece.length, length - (at(from) - AT_BYTES));
        memory.get(at(from), piece, 0, first);
        memory.get(AT_BYTES, piece, first, piece.length - first);
        return piece;
    }

    // ---- what comes

    /** Adds bytes at the end. */
    void append(byte[] bytes, int from, int count) {
        int done = 0;
        while (done < count) {
            int piece = Math.min(Math.min(count - done, MOST_READ), contiguous());
            memory.put(at(end), bytes, from + done, piece);
            end(end + piece);
            done += piece;
        }
    }

    /**
     * The place where the next bytes belong. To be followed by {@link #endRead}.
     *
     * @param most how many, at least 1; the place may be smaller
     * @param exact whether a read takes just as many as the place has, if anything
     */
    ByteBuffer beginRead(int most, boolean exact) {
        int count = Math.min(Math.min(most, MOST_READ), contiguous());
        memory.put(at(end), PATTERN, (int) (end % SURE), count);
        memory.putLong(AT_READ_EXACT, exact ? 1 : 0);
        memory.putLong(AT_READ_TO, end + count);
        memory.putLong(AT_READ_FROM, end);
        return memory.window(at(end), count);
    }

    /** So many bytes have come, 0 for none. */
    void endRead(int count) {
        if (count > 0) {
            // That the read is no longer under way follows: it began somewhere else.
            end(end + count);
        } else {
            memory.putLong(AT_READ_FROM, NONE);
        }
    }

    /** Leaves offsets out: what was to have them is lost. */
    void skip(long count) {
        if (gaps.newestEnd() != end && gaps.endOfEvicted() > base) {
            base = gaps.endOfEvicted();
            memory.putLong(AT_BASE, base);
        }
        gaps.add(end, end + count);
        end(end + count);
    }

    /** Notes something that has happened after all bytes of now. */
    void mark(long timeMillis, Mark.Kind kind, String detail) {
        marks.add(new Mark(end, timeMillis, kind, detail));
    }

    /** Takes over what another one holds, as far as there is room; this one is empty. */
    void copy(ConsoleRing other) {
        long from = Math.max(other.start(), other.end - capacity);
        base = from;
        memory.putLong(AT_BASE, from);
        end(from);
        while (end < other.end) {
            OptionalLong gapEnd = other.gapAt(end);
            if (gapEnd.isPresent()) {
                skip(gapEnd.getAsLong() - end);
            } else {
                byte[] piece = other.read(end, MOST_READ);
                append(piece, 0, piece.length);
            }
        }
        List<Mark> remembered = other.marks.all();
        remembered.forEach(marks::add);
    }

    private void end(long offset) {
        end = offset;
        memory.putLong(AT_END, offset);
    }

    private int contiguous() {
        return length - (at(end) - AT_BYTES);
    }

    private int at(long offset) {
        return AT_BYTES + (int) (offset % length);
    }

    private static byte[] pattern() {
        byte[] pattern = new byte[MOST_READ + SURE];
        for (int i = 0; i < pattern.length; i++) {
            pattern[i] = patternAt(KEY, i);
        }
        return pattern;
    }

    private static byte patternAt(long key, long offset) {
        return (byte) (key >> offset % SURE * Byte.SIZE);
    }
}
