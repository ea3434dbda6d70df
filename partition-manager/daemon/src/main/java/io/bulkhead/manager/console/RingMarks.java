package io.bulkhead.manager.console;

import io.bulkhead.contract.order.StreamMessage.Mark;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The newest marks of a console, in the ring's memory: a count of all there ever were, and {@value #SLOTS} slots of
 * {@value #SLOT_BYTES} bytes: offset, milliseconds, kind and length of the detail, detail. The slot after the newest
 * counts as torn, because a write into it may have been cut. For one thread at a time.
 */
final class RingMarks {
    static final int SLOTS = 64;
    static final int SLOT_BYTES = 256;
    /** By their numbers in the file, which another version of the manager may have written: new ones go to the end. */
    private static final List<Mark.Kind> KINDS =
            List.of(Mark.Kind.RUN_BEGAN, Mark.Kind.RUN_ENDED, Mark.Kind.MANAGER_RESTARTED, Mark.Kind.RESIZED);

    private static final int DETAIL = 24;
    private static final int LENGTH_SHIFT = 32;

    private final RingMemory memory;
    private final int at;
    private final List<Mark> newest = new ArrayList<>();
    private long count;

    /** As the memory has them; what makes no sense there is left out. */
    RingMarks(RingMemory memory, int at) {
        this.memory = memory;
        this.at = at;
        this.count = Math.max(0, memory.getLong(at));
        for (long i = Math.max(0, count - SLOTS + 1); i < count; i++) {
            read(slot(i)).ifPresent(newest::add);
        }
    }

    static void clear(RingMemory memory, int at) {
        memory.putLong(at, 0);
    }

    void add(Mark mark) {
        byte[] detail = mark.detail().getBytes(StandardCharsets.UTF_8);
        int slot = slot(count);
        memory.putLong(slot, mark.offset());
        memory.putLong(slot + Long.BYTES, mark.timeMillis());
        memory.putLong(slot + 2 * Long.BYTES, (long) detail.length << LENGTH_SHIFT | KINDS.indexOf(mark.kind()));
        memory.put(slot + DETAIL, detail, 0, detail.length);
        count++;
        memory.putLong(at, count);
        newest.add(mark);
        if (newest.size() >= SLOTS) {
            newest.remove(0);
        }
    }

    /** The number of the first mark at an offset or behind it, counted since the console's creation. */
    long firstFrom(long offset) {
        int i = 0;
        while (i < newest.size() && newest.get(i).offset() < offset) {
            i++;
        }
        return count - newest.size() + i;
    }

    /** The first one that is still remembered of those from a number on. */
    Optional<Numbered> next(long number) {
        long first = count - newest.size();
        long wanted = Math.max(number, first);
        return wanted < count
                ? Optional.of(new Numbered(wanted, newest.get((int) (wanted - first))))
                : Optional.empty();
    }

    /** A mark and its number. */
    record Numbered(long number, Mark mark) {}

    List<Mark> all() {
        return List.copyOf(newest);
    }

    private Optional<Mark> read(int slot) {
        long offset = memory.getLong(slot);
        long time = memory.getLong(slot + Long.BYTES);
        long form = memory.getLong(slot + 2 * Long.BYTES);
        int kind = (int) form;
        int length = (int) (form >> LENGTH_SHIFT);
        if (kind < 0 || kind >= KINDS.size() || length < 0 || length > SLOT_BYTES - DETAIL) {
            return Optional.empty();
        }
        byte[] detail = new byte[length];
        memory.get(slot + DETAIL, detail, 0, length);
        try {
            return Optional.of(new Mark(offset, time, KINDS.get(kind), new String(detail, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private int slot(long index) {
        return at + Long.BYTES + (int) (index % SLOTS) * SLOT_BYTES;
    }
}
