package io.bulkhead.contract.partition;

/**
 * Who had the time of a whole-CPU slice during a stretch of time. All in microseconds of CPU time: two CPUs have two
 * microseconds of it in each. The parts are read from different clocks of the kernel, and nothing is rounded, clamped
 * or corrected: {@code partition + intrusion + stolen + idle} is {@code total} to the microsecond, and the reading error
 * that {@link Intrusion} tells of is in {@code intrusion}, which can therefore be a little below zero.
 *
 * @param totalMicros all the time of the slice's CPUs: length of the stretch times their number
 * @param partitionMicros used by the partition's own tasks
 * @param intrusionMicros used by anybody else: other tasks, interrupts, the kernel's own work
 * @param stolenMicros taken by the hypervisor below this host, where there is one
 * @param idleMicros used by nobody
 */
public record CpuTime(
        long totalMicros, long partitionMicros, long intrusionMicros, long stolenMicros, long idleMicros) {
    /** No time at all. */
    public static final CpuTime NONE = new CpuTime(0, 0, 0, 0, 0);

    public CpuTime {
        if (totalMicros < 0) {
            throw new IllegalArgumentException("a stretch of time cannot be negative: " + totalMicros);
        }
        if (partitionMicros + intrusionMicros + stolenMicros + idleMicros != totalMicros) {
            throw new IllegalArgumentException("the parts of " + totalMicros + " us do not add up to it");
        }
    }

    /** The intrusion is what the others leave of the total. */
    public static CpuTime of(long totalMicros, long partitionMicros, long stolenMicros, long idleMicros) {
        return new CpuTime(
                totalMicros,
                partitionMicros,
                totalMicros - partitionMicros - stolenMicros - idleMicros,
                stolenMicros,
                idleMicros);
    }

    public CpuTime plus(CpuTime later) {
        return of(
                Math.addExact(totalMicros, later.totalMicros),
                Math.addExact(partitionMicros, later.partitionMicros),
                Math.addExact(stolenMicros, later.stolenMicros),
                Math.addExact(idleMicros, later.idleMicros));
    }

    /** Thousandths of the total that were an intrusion, rounded down; can be below zero; 0 of no time. */
    public long intrusionPerMille() {
        return totalMicros == 0 ? 0 : Math.floorDiv(Math.multiplyExact(intrusionMicros, 1000L), totalMicros);
    }
}
