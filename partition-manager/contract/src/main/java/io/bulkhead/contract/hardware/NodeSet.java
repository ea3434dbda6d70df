package io.bulkhead.contract.hardware;

import io.bulkhead.contract.unit.WireText;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An immutable set of NUMA node ids, written and read in the kernel's list format ({@code 0-3,5}; cpuset(7)).
 *
 * <p>Ids are 0 to 8191. The empty set is the empty string.
 */
@WireText
public final class NodeSet {
    public static final NodeSet EMPTY = new NodeSet(new BitSet());

    private final BitSet bits;

    private NodeSet(BitSet bits) {
        this.bits = bits;
    }

    /** Reads the list format; throws {@link IllegalArgumentException} with a text for the user. */
    public static NodeSet parse(String text) {
        return new NodeSet(IdSet.parse(text, "node"));
    }

    public static NodeSet of(int... ids) {
        return new NodeSet(IdSet.of(ids));
    }

    public static NodeSet of(Collection<Integer> ids) {
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

    public boolean containsAll(NodeSet other) {
        return other.minus(this).isEmpty();
    }

    public boolean intersects(NodeSet other) {
        return bits.intersects(other.bits);
    }

    public NodeSet union(NodeSet other) {
        BitSet result = copy();
        result.or(other.bits);
        return new NodeSet(result);
    }

    public NodeSet minus(NodeSet other) {
        BitSet result = copy();
        result.andNot(other.bits);
        return new NodeSet(result);
    }

    public NodeSet intersection(NodeSet other) {
        BitSet result = copy();
        result.and(other.bits);
        return new NodeSet(result);
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
        return other instanceof NodeSet set && bits.equals(set.bits);
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
