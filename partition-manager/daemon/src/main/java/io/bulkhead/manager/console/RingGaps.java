package io.bulkhead.manager.console;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.OptionalLong;

/**
 * The stretches of a ring's offsets that hold no bytes, the newest {@value #MOST} of them, in the ring's memory: a count,
 * and a slot of two longs for each, and one more, which a cut write may have torn. Sorted, and none touches another. For one thread at a time.
 */
final class RingGaps {
    static final int MOST = 31;
    private static final int SLOTS = MOST + 1;

    private final RingMemory memory;
    private final int at;
    private final Deque<Gap> gaps = new ArrayDeque<>();
    private long count;

    /** Offsets without bytes, from the first to before the last. */
    record Gap(long from, long to) {}

    /** As the memory has them. */
    RingGaps(RingMemory memory, int at) {
        this.memory = memory;
        this.at = at;
        this.count = memory.getLong(at);
        for (long i = Math.max(0, count - MOST); i < count; i++) {
            gaps.add(new Gap(memory.getLong(slot(i)), memory.getLong(slot(i) + Long.BYTES)));
        }
    }

    static void clear(RingMemory memory, int at) {
        memory.putLong(at, 0);
    }

    /** Whether the memory makes sense for a stream of that many offsets; a newest one beyond is {@link #newestEnd}'s. */
    boolean isSound(long end) {
        long last = -1;
        for (Gap gap : gaps) {
            if (gap.from <= last || gap.to <= gap.from || gap.from > end) {
                return false;
            }
            last = gap.to;
        }
        return count >= 0;
    }

    /** Where the newest ends; 0 where there is none. */
    long newestEnd() {
        return gaps.isEmpty() ? 0 : gaps.getLast().to;
    }

    /** Where the oldest ends, which the next one added puts out of memory; 0 while there is room. */
    long endOfEvicted() {
        return gaps.size() < MOST ? 0 : gaps.getFirst().to;
    }

    /** Adds one behind all others, or makes the newest longer that ends where this one begins. */
    void add(long from, long to) {
        if (!gaps.isEmpty() && gaps.getLast().to == from) {
            Gap longer = new Gap(gaps.removeLast().from, to);
            gaps.add(longer);
            memory.putLong(slot(count - 1) + Long.BYTES, to);
            return;
        }
        if (gaps.size() == MOST) {
            gaps.removeFirst();
        }
        gaps.add(new Gap(from, to));
        memory.putLong(slot(count), from);
        memory.putLong(slot(count) + Long.BYTES, to);
        count++;
        memory.putLong(at, count);
    }

    /** The end of the one that an offset is in. */
    OptionalLong endAt(long offset) {
        for (Gap gap : gaps) {
            if (gap.from <= offset && offset < gap.to) {
                return OptionalLong.of(gap.to);
            }
        }
        return OptionalLong.empty();
    }

    /** Where the next one after an offset begins. */
    long nextAfter(long offset) {
        if (newestEnd() <= offset) {
            return Long.MAX_VALUE;
        }
        for (Gap gap : gaps) {
            if (gap.from > offset) {
                return gap.from;
            }
        }
        return Long.MAX_VALUE;
    }

    /** How many offsets from one on are in any. */
    long sizeFrom(long offset) {
        long size = 0;
        for (Iterator<Gap> newestFirst = gaps.descendingIterator(); newestFirst.hasNext(); ) {
            Gap gap = newestFirst.next();
            size += Math.max(0, gap.to - Math.max(gap.from, offset));
        }
        return size;
    }

    private int slot(long index) {
        return at + Long.BYTES + (int) (index % SLOTS) * 2 * Long.BYTES;
    }
}
