package io.bulkhead.contract.hardware;

import io.bulkhead.contract.unit.WireText;
import java.util.BitSet;
import java.util.Collection;

/** An immutable set of NUMA node ids. */
@WireText
public final class NodeSet extends IdSet<NodeSet> {
    public static final NodeSet EMPTY = new NodeSet(new BitSet());

    private NodeSet(BitSet bits) {
        super(bits);
    }

    /** Reads the list format; throws {@link IllegalArgumentException} with a text for the user. */
    public static NodeSet parse(String text) {
        return new NodeSet(IdSet.parse(text, "node"));
    }

    public static NodeSet of(int... ids) {
        return new NodeSet(bitsOf(ids));
    }

    public static NodeSet of(Collection<Integer> ids) {
        return of(ids.stream().mapToInt(Integer::intValue).toArray());
    }

    @Override
    NodeSet with(BitSet bits) {
        return new NodeSet(bits);
    }
}
