package io.bulkhead.contract.partition;

import java.util.List;

/**
 * How alone a partition is on its CPUs, by what the kernel says now, and what keeps it from the next level.
 *
 * @param level that is reached
 * @param raise each thing that holds the next level back, with what would change it; empty at the highest
 */
public record Isolation(Level level, List<String> raise) {
    public Isolation {
        raise = List.copyOf(raise);
    }

    /** From the least alone up; each level includes those before it. */
    public enum Level {
        /** A part of a CPU: on the pool's CPUs with the host and other partitions. */
        SHARED_POOL,
        /** Whole CPUs that no other partition has; the host's own tasks may run there too. */
        SHARED_WITH_HOST,
        /** Nobody else's tasks can run on its CPUs. */
        EXCLUSIVE,
        /**
         * Interrupts and unbound kernel workers stay away as well, and no other thread of its cores is anybody else's.
         */
        STEERED,
        /** The kernel's tick and RCU callbacks stay away as well, while one task runs on a CPU. */
        TICKLESS
    }
}
