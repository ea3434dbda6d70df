package io.bulkhead.contract.hardware;

import io.bulkhead.contract.unit.WireText;
import java.util.BitSet;
import java.util.Collection;

/** An immutable set of CPU ids (logical CPUs, as the kernel numbers them). */
@WireText
public final class CpuSet extends IdSet<CpuSet> {
    public static final CpuSet EMPTY = new CpuSet(new BitSet());

    private CpuSet(BitSet bits) {
        super(bits);
    }

    /** Reads the list format; throws {@link IllegalArgumentException} with a text for the user. */
    public static CpuSet parse(String text) {
        return new CpuSet(IdSet.parse(text, "CPU"));
    }

    public static CpuSet of(int... ids) {
        return new CpuSet(bitsOf(ids));
    }

    public static CpuSet of(Collection<Integer> ids) {
        return of(ids.stream().mapToInt(Integer::intValue).toArray());
    }

    @Override
    CpuSet with(BitSet bits) {
        return new CpuSet(bits);
    }
}
