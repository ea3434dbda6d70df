package io.bulkhead.manager.intrusion;

import io.bulkhead.contract.hardware.CpuSet;

/** The host's clocks and counters. Failures are {@link java.io.UncheckedIOException}s. */
interface HostClocks {
    /** The monotonic clock, {@link System#nanoTime()}. */
    long nanos();

    /** The CPUs that are online now. */
    CpuSet online();

    /**
     * Looks.
     *
     * @param watched the CPUs whose interrupts are counted
     */
    Sample sample(CpuSet watched);
}
