package io.bulkhead.manager.intrusion;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.Intrusion.Interrupt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * How often each interrupt has fired on each CPU that is watched, since the host was booted.
 *
 * @param cpus the CPUs that are counted, ascending
 * @param lines by the interrupt's number or name
 */
record InterruptCounts(List<Integer> cpus, Map<String, Line> lines) {
    static final InterruptCounts NONE = new InterruptCounts(List.of(), Map.of());

    /** The kernel counts in 32 bits (kernel/irq/irqdesc.c); a fast timer runs them over within half a year. */
    private static final long WRAP = 1L << 32;

    InterruptCounts {
        cpus = List.copyOf(cpus);
        lines = Map.copyOf(lines);
    }

    /**
     * One interrupt.
     *
     * @param description whose it is
     * @param counts one for each CPU
     */
    record Line(String description, List<Long> counts) {
        Line {
            counts = List.copyOf(counts);
        }
    }

    /** Those that fired most often on some CPUs since an earlier look, the most frequent first. */
    List<Interrupt> since(InterruptCounts earlier, CpuSet on, int atMost) {
        List<Interrupt> fired = new ArrayList<>();
        lines.forEach((irq, line) -> {
            long times = 0;
            for (int cpu : on.ids()) {
                long before = earlier.count(irq, cpu);
                long now = count(irq, cpu);
                times += fired(before, now);
            }
            if (times > 0) {
                fired.add(new Interrupt(irq, line.description(), times));
            }
        });
        fired.sort(Comparator.comparingLong(Interrupt::times).reversed().thenComparing(Interrupt::irq));
        return List.copyOf(fired.subList(0, Math.min(atMost, fired.size())));
    }

    private static long fired(long before, long now) {
        if (now >= before) {
            return now - before;
        }
        // Either the counter ran over, or the interrupt was given up and taken anew.
        return before > WRAP / 2 ? now - before + WRAP : now;
    }

    private long count(String irq, int cpu) {
        int column = Collections.binarySearch(cpus, cpu);
        Line line = lines.get(irq);
        return column < 0 || line == null ? 0 : line.counts().get(column);
    }
}
