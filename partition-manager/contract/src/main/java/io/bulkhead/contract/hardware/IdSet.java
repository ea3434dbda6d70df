package io.bulkhead.contract.hardware;

import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/** The kernel's list format for sets of small ids ({@code 0-3,5}); see cpuset(7), "List format". */
final class IdSet {
    /** The largest id accepted: NR_CPUS of a stock kernel is 8192. */
    static final int MAX_ID = 8191;

    private IdSet() {}

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

    static String format(BitSet bits) {
        StringBuilder text = new StringBuilder();
        for (int first = bits.nextSetBit(0); first >= 0; ) {
            int end = bits.nextClearBit(first);
            if (text.length() > 0) {
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

    static BitSet of(int... ids) {
        BitSet bits = new BitSet();
        for (int id : ids) {
            if (id < 0 || id > MAX_ID) {
                throw new IllegalArgumentException("id out of range 0-" + MAX_ID + ": " + id);
            }
            bits.set(id);
        }
        return bits;
    }

    static List<Integer> ids(BitSet bits) {
        return bits.stream().boxed().collect(Collectors.toUnmodifiableList());
    }
}
