package io.bulkhead.contract.partition;

import java.util.Optional;

/**
 * For how long tasks of a partition had to wait for what they have too little of, as the kernel's pressure stall
 * information tells it (Documentation/accounting/psi.rst; cgroup v2 only). What cannot be read is absent.
 *
 * @param cpu for a CPU
 * @param memory for memory that had been reclaimed
 * @param io for the disk
 */
public record Pressure(Optional<Stall> cpu, Optional<Stall> memory, Optional<Stall> io) {
    /**
     * Time since the partition's group was made, microseconds; it only grows.
     *
     * @param someMicros while at least one task waited
     * @param fullMicros while all that had work waited; older kernels do not tell it of the CPU
     */
    public record Stall(long someMicros, Optional<Long> fullMicros) {}

    /** Whether there is anything to tell. */
    public boolean isKnown() {
        return cpu.isPresent() || memory.isPresent() || io.isPresent();
    }
}
