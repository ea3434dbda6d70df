package io.bulkhead.console.demo;

import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.unit.ByteSize;
import java.util.Optional;

/** Fits the definitions of the demonstration to the machine. Pure. */
final class Sizing {
    private static final ByteSize LEAST_MEMORY = ByteSize.ofMebibytes(768);
    private static final ByteSize LEAST_SLICE = ByteSize.ofMebibytes(64);

    private Sizing() {}

    /** Refuses machines on which there is nothing to divide. */
    static void check(Topology topology) {
        if (topology.cpus().size() < 2) {
            throw Refusal.of(
                    ProblemCode.NOT_ENOUGH_RESOURCES,
                    "this machine has 1 CPU: a partition with a CPU of its own would leave none for the host",
                    "run the demonstration on a machine with 2 CPUs or more");
        }
        if (topology.memory().compareTo(LEAST_MEMORY) < 0) {
            throw Refusal.of(
                    ProblemCode.NOT_ENOUGH_RESOURCES,
                    "this machine has " + topology.memory() + " of memory; the demonstration needs " + LEAST_MEMORY,
                    "run it on a larger machine");
        }
    }

    /**
     * A definition that fits.
     *
     * @param spec as written
     * @param topology of the machine
     * @param free memory that can be given out
     * @param hasDisk whether I/O can be bounded
     */
    static PartitionSpec fit(PartitionSpec spec, Topology topology, ByteSize free, boolean hasDisk) {
        Claim claim = spec.claim();
        CpuClaim cpus = claim.cpus();
        if (cpus instanceof CpuClaim.Whole whole && topology.cores().size() == 1) {
            cpus = new CpuClaim.Whole(
                    whole.count(), CpuClaim.Threads.ANY, Optional.empty(), Optional.empty(), whole.isolated());
        }
        ByteSize quarter = ByteSize.ofMebibytes(Math.max(LEAST_SLICE.bytes(), free.bytes() / 4) >> 20);
        ByteSize memory = claim.memory().compareTo(quarter) > 0 ? quarter : claim.memory();
        return Part.with(
                spec,
                new Claim(
                        cpus,
                        memory,
                        claim.tasks(),
                        hasDisk ? claim.io() : IoSlice.UNLIMITED,
                        claim.oomGroup(),
                        claim.storage(),
                        claim.network()));
    }
}
