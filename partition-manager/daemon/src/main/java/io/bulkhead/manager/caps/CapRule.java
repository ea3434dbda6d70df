package io.bulkhead.manager.caps;

import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;

/**
 * How much a group of the host's may have. Pure.
 *
 * @param ram of the machine
 * @param kernelShare what is left to the kernel and to what stands in no group
 */
record CapRule(ByteSize ram, ByteSize kernelShare) {
    /** Whole pages, whatever their size on this machine. */
    private static final long GRAIN = 64 * 1024;

    private static final ByteSize LEAST = ByteSize.ofMebibytes(16);
    private static final long SLACK_PART = 16;

    /** The cap for all. */
    ByteSize cap(ByteSize slices) {
        long rest = ram.bytes() - kernelShare.bytes() - slices.bytes();
        ByteSize cap = new ByteSize(Math.max(0, rest) / GRAIN * GRAIN);
        return cap.compareTo(LEAST) < 0 ? LEAST : cap;
    }

    /** What to write for one group: the tighter of the cap and what the host wants, but never less than it uses. */
    static Limit<ByteSize> goal(ByteSize cap, CapRecord.Cap group, ByteSize used) {
        if (group.wanted().fold(own -> own.compareTo(cap) <= 0, false)) {
            return group.wanted();
        }
        if (used.compareTo(cap) <= 0) {
            return Limit.of(cap);
        }
        ByteSize room = new ByteSize((used.bytes() + slack(used)) / GRAIN * GRAIN);
        // It comes down with what the group uses and never goes up with it.
        ByteSize least = group.untouched()
                ? room
                : group.written()
                        .fold(
                                before -> before.compareTo(room) < 0 && before.compareTo(used) >= 0 ? before : room,
                                room);
        return group.wanted().fold(own -> own.compareTo(least) <= 0, false) ? group.wanted() : Limit.of(least);
    }

    private static long slack(ByteSize used) {
        return Math.max(LEAST.bytes(), used.bytes() / SLACK_PART);
    }
}
