package io.bulkhead.contract.partition;

import io.bulkhead.contract.hardware.CpuSet;
import java.util.List;

/**
 * What others took of the CPUs of a whole-CPU slice. Watched by the manager since it has found the slice bound; a new
 * manager, and a slice on other CPUs, begin anew.
 *
 * @param cpus the CPUs that are watched
 * @param sinceMillis when the watch began, milliseconds since 1970 UTC
 * @param untilMillis when it was looked last, milliseconds since 1970 UTC
 * @param total since then, without the windows in which a CPU was offline
 * @param window the last window, of some ten seconds
 * @param errorMicros how far the intrusion of one window, and the total one as well, can be off because the kernel's
 *     clocks are coarse; in the total, 50 millionths of the partition's own time come on top, as they run apart
 * @param highestMicros the highest that the total intrusion has been, 0 at least: never falls, for counters
 * @param interrupts those that fired most often on these CPUs in the last window, the most frequent first
 */
public record Intrusion(
        CpuSet cpus,
        long sinceMillis,
        long untilMillis,
        CpuTime total,
        CpuTime window,
        long errorMicros,
        long highestMicros,
        List<Interrupt> interrupts) {
    public Intrusion {
        interrupts = List.copyOf(interrupts);
    }

    /**
     * One kind of interrupt, as /proc/interrupts lists it.
     *
     * @param irq its number, or the name of the processor's own like {@code LOC}
     * @param description whose it is
     * @param times how often it fired
     */
    public record Interrupt(String irq, String description, long times) {}
}
