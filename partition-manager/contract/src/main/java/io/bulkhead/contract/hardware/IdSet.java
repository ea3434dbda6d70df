package io.bulkhead.contract.hardware;

import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An immutable set of small ids in the kernel's list format ({@code 0-3,5}); cpuset(7), "List format".
 *
 * <p>Ids are 0 to 8191. The empty set is the empty string. Sets of different kinds are never equal and do not mix.
 *
 * @param <S> the set itself
 */
public abstract sealed class IdSet<S extends IdSet<S>> permits CpuSet, NodeSet {
    /** The largest id accepted: NR_CPUS of a stock kernel is 8192. */
    static final int MAX_ID = 8191;

    private final BitSet bits;

    IdSet(BitSet bits) {
        this.bits = bits;
    }

    abstract S with(BitSet other);

    public int size() {
        return bits.cardinality();
    }

    public boolean isEmpty() {
        return bits.isEmpty();
    }

    public boolean contains(int id) {
        return bits.get(id);
    }

    public boolean containsAll(S other) {
        BitSet missing = other.copy();
        missing.andNot(bits);
        return missing.isEmpty();
    }

    public boolean intersects(S other) {
        return bits.intersects(other.bits());
    }

    public S union(S other) {
        BitSet result = copy();
        result.or(other.bits());
        return with(result);
    }

    public S minus(S other) {
        BitSet result = copy();
        result.andNot(other.bits());
        return with(result);
    }

    public S intersection(S other) {
        BitSet result = copy();
        result.and(other.bits());
        return with(result);
    }

    /** The ids in ascending order. */
    public List<Integer> ids() {
        return bits.stream().boxed().collect(Collectors.toUnmodifiableList());
    }

    /** The ids in ascending order. */
    public IntStream stream() {
        return bits.stream();
    }

    BitSet bits() {
        return bits;
    }

    BitSet copy() {
        return (BitSet) bits.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IdSet<?> set && set.getClass() == getClass() && bits.equals(set.bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        int first = bits.nextSetBit(0);
        while (first >= 0) {
            int end = bits.nextClearBit(first);
            if (!text.isEmpty()) {
                text.append(',');
            }
            text.append(first);
            if (end - 1 > first) {
                text.append('-').append(end - 1);
            }
            first = bits.nextSetBit(end);
        }
        return text.toString();
    }

    static BitSet parse(String text, String what) {
        BitSet bits = new BitSet();
        String list = text.strip();
        if (list.isEmpty()) {
            return bits;
        }
        for (String part : list.split(",", -1)) {
            String[] ends = part.split("-", -1);
            if (ends.length > 2) {
                throw malformed(text, what);
            }
            int first = id(ends[0], text, what);
            int last = ends.length == 2 ? id(ends[1], text, what) : first;
            if (last < first) {
                throw malformed(text, what);
            }
            bits.set(first, last + 1);
        }
        return bits;
    }

    static BitSet bitsOf(int... ids) {
        BitSet bits = new BitSet();
        for (int id : ids) {
            if (id < 0 || id > MAX_ID) {
                throw new IllegalArgumentException("id out of range 0-" + MAX_ID + ": " + id);
            }
            bits.set(id);
        }
        return bits;
    }

    private static int id(String digits, String text, String what) {
        if (digits.isEmpty() || digits.length() > 4 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw malformed(text, what);
        }
        int id = Integer.parseInt(digits);
        if (id > MAX_ID) {
            throw new IllegalArgumentException(
                    "'" + text + "' names " + what + " " + id + "; the highest is " + MAX_ID);
        }
        return id;
    }

    private static IllegalArgumentException malformed(String text, String what) {
        return new IllegalArgumentException("'" + text + "' is not a list of " + what + "s; write it like 0-3,5");
    }
}
