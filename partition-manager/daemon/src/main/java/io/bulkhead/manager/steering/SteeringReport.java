package io.bulkhead.manager.steering;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.HostStatus.StuckInterrupt;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel said at the last look.
 *
 * @param slices the CPUs of whole-CPU slices
 * @param workqueues where unbound workqueues may run; absent where the kernel does not say
 * @param stuck the interrupts that fire on the slices' CPUs
 */
public record SteeringReport(CpuSet slices, Optional<CpuSet> workqueues, List<StuckInterrupt> stuck) {
    /** Nothing is sliced. */
    public static final SteeringReport NOTHING = new SteeringReport(CpuSet.EMPTY, Optional.empty(), List.of());

    public SteeringReport {
        stuck = List.copyOf(stuck);
    }
}
