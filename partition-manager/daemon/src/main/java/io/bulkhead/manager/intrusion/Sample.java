package io.bulkhead.manager.intrusion;

import io.bulkhead.contract.hardware.CpuSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * One look at the host's CPUs.
 *
 * @param nanos when, on the monotonic clock
 * @param timeMillis when, milliseconds since 1970 UTC
 * @param cpus the clocks of the CPUs that are online
 * @param interrupts how often which interrupt has fired
 */
record Sample(long nanos, long timeMillis, Map<Integer, CpuClock> cpus, InterruptCounts interrupts) {
    Sample {
        cpus = Map.copyOf(cpus);
    }

    boolean has(CpuSet wanted) {
        return cpus.keySet().containsAll(wanted.ids());
    }

    /** The sum over CPUs that it has. */
    long idleMicros(CpuSet of) {
        return sum(of, CpuClock::idleMicros);
    }

    /** The sum over CPUs that it has. */
    long stolenMicros(CpuSet of) {
        return sum(of, CpuClock::stolenMicros);
    }

    private long sum(CpuSet of, ToLongFunction<CpuClock> micros) {
        return of.stream()
                .mapToObj(cpu -> Optional.ofNullable(cpus.get(cpu)))
                .mapToLong(clock -> micros.applyAsLong(clock.orElseThrow()))
                .sum();
    }
}
