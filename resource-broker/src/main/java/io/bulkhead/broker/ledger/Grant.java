package io.bulkhead.broker.ledger;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.WireSparse;
import java.util.Optional;

/**
 * What the ledger holds for a partition. CPUs, the part of the pool and memory are counted by entries; what is only
 * bounded (tasks, I/O rates) is kept with the slice and compared, but nobody else has less for it.
 *
 * @param owner whose
 * @param slice what
 * @param wholeCores whether no other partition may have a thread of its cores
 */
public record Grant(
        PartitionName owner, Slice slice, @WireSparse boolean wholeCores) {
    /** What the manager says that a partition holds, if it holds anything. */
    public static Optional<Grant> of(PartitionStatus status) {
        return status.slice()
                .map(slice -> new Grant(
                        status.name(), slice, status.definition().claim().cpus().wantsWholeCores()));
    }

    /** Its whole CPUs; empty where it has a part of the pool. */
    public CpuSet cpus() {
        return slice.wholeCpus();
    }

    /** Its part of the pool in thousandths of one CPU; 0 where it has whole CPUs. */
    public long poolMillis() {
        return slice.entitlement().millis();
    }

    public long memoryBytes() {
        return slice.memory().bytes();
    }

    /** One line for people. */
    public String describe() {
        return slice.cpus() + (wholeCores ? "" : slice.cpus() instanceof CpuSlice.Whole ? ", any threads" : "") + ", "
                + slice.memory() + " on node " + slice.memoryNodes() + ", " + slice.tasks() + " tasks";
    }
}
