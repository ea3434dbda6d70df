package io.bulkhead.contract.hardware;

import io.bulkhead.contract.unit.WireText;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An immutable set of CPU ids (logical CPUs, as the kernel numbers them), written and read in the kernel's list format ({@code 0-3,5}; cpuset(7)).
 *
 * <p>Ids are 0 to 8191. The empty set is the empty string.
 */
@WireText
public final class CpuSet {
    public static final CpuSet EMPTY = new CpuSet(new BitSet());

    private final BitSet bits;

    private CpuSet(BitSet bits) {
        this.bits = bits;
    }

    /** Reads the list format; throws {@link IllegalArgumentException} with a text for the user. */
    public static CpuSet parse(String text) {
        return new CpuSet(IdSet.parse(text, "CPU"));
    }

    public static CpuSet of(int... ids) {
        return new CpuSet(IdSet.of(ids));
    }

    public static CpuSet of(Collection<Integer> ids) {
        return of(ids.stream().mapToInt(Integer::intValue).toArray());
    }

    public int size() {
        return bits.cardinality();
    }

    public boolean isEmpty() {
        return bits.isEmpty();
    }

    public boolean contains(int id) {
        return bits.get(id);
    }

    public boolean containsAll(CpuSet other) {
        return other.minus(this).isEmpty();
    }

    public boolean intersects(CpuSet other) {
        return bits.intersects(other.bits);
    }

    public CpuSet union(CpuSet other) {
        BitSet result = copy();
        result.or(other.bits);
        return new CpuSet(result);
    }

    public CpuSet minus(CpuSet other) {
        BitSet result = copy();
        result.andNot(other.bits);
        return new CpuSet(result);
    }

    public CpuSet intersection(CpuSet other) {
        BitSet result = copy();
        result.and(other.bits);
        return new CpuSet(result);
    }

    /** The ids in ascending order. */
    public List<Integer> ids() {
        return IdSet.ids(bits);
    }

    /** The ids in ascending order. */
    public IntStream stream() {
        return copy().stream();
    }

    private BitSet copy() {
        return (BitSet) bits.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CpuSet set && bits.equals(set.bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    @Override
    public String toString() {
        return IdSet.format(bits);
    }
}
