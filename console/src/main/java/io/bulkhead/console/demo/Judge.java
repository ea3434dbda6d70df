package io.bulkhead.console.demo;

import io.bulkhead.console.text.Words;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import java.util.Optional;

/**
 * Whether what was measured agrees with what was promised. Pure.
 *
 * <p>Upper bounds are hard, but for what the kernel's accounting periods let through: 100 ms of quota, a burst of the
 * throttle. Lower bounds are judged only where the strength promises that the amount is there.
 */
final class Judge {
    /** errno(3) of fork(2) at the limit. */
    static final int EAGAIN = 11;

    static final int SIGKILL = 9;

    /** What the shortest measurement may be beyond its bound, in thousandths: periods of 100 ms in 2 s, twice. */
    private static final long TOLERANCE = 1100;

    /** What a perl interpreter, the login and the like take of a small slice. */
    private static final long LEAST_MEMORY_SHARE = 500;

    /** Processes that are there before the probe forks. */
    private static final int OTHER_TASKS = 24;

    private Judge() {}

    /** Enough spinning processes use as many CPUs as there are in the slice, and no more. */
    static boolean cpu(CpuSlice slice, Strength strength, Probes.CpuUse use) {
        long promised;
        boolean seen;
        if (slice instanceof CpuSlice.Whole whole) {
            promised = 1000L * whole.cpus().size();
            seen = use.visibleCpus() == whole.cpus().size();
        } else {
            promised = ((CpuSlice.Part) slice).entitlement().millis();
            seen = true;
        }
        // Where the host's own tasks may run too, and in the pool, the load of this very moment decides what is left.
        long least = strength == Strength.EXCLUSIVE ? promised * 900 / 1000 : promised * 300 / 1000;
        return seen && use.share() <= promised * TOLERANCE / 1000 && use.share() >= least;
    }

    /** An allocation beyond the slice is killed before it is through, and most of the slice could be used. */
    static boolean memory(ByteSize slice, Probes.MemoryUse use) {
        return use.signal() == SIGKILL
                && use.reached().compareTo(slice) <= 0
                && use.reached().bytes() >= slice.bytes() * LEAST_MEMORY_SHARE / 1000;
    }

    /** Forks fail at the limit, and not before. */
    static boolean tasks(int limit, Probes.TaskUse use) {
        return use.error() == EAGAIN && use.forked() < limit && use.forked() >= limit - OTHER_TASKS;
    }

    /** A transfer is not faster than its bound; a slow disk may make it slower. */
    static boolean rate(ByteRate bound, Probes.Transfer transfer) {
        return transfer.bytes() > 0 && transfer.bytesPerSecond() <= bound.bytesPerSecond() * TOLERANCE / 1000;
    }

    static Line cpuLine(String name, String asked, Slice slice, Evidence evidence, Optional<Probes.CpuUse> use) {
        return new Line(
                name + " cpus",
                asked,
                evidence.readBack(),
                use.map(each -> Words.thousandths(each.share()) + " CPU busy, nproc " + each.visibleCpus())
                        .orElse("not measured"),
                evidence.held()
                        && use.filter(each -> cpu(slice.cpus(), evidence.strength(), each))
                                .isPresent());
    }

    static Line memoryLine(
            String name, String asked, Slice slice, Evidence evidence, Optional<Probes.MemoryUse> use, boolean alive) {
        String killed = use.map(each -> each.signal() == SIGKILL
                        ? "killed at " + Words.size(each.reached())
                        : "not killed, " + Words.size(each.reached()) + " allocated")
                .orElse("not measured");
        return new Line(
                name + " memory",
                asked,
                evidence.readBack(),
                killed + (alive ? ", partitions unharmed" : ", A PARTITION WENT DOWN"),
                evidence.held()
                        && alive
                        && use.filter(each -> memory(slice.memory(), each)).isPresent());
    }

    static Line tasksLine(String name, String asked, Slice slice, Evidence evidence, Optional<Probes.TaskUse> use) {
        return new Line(
                name + " tasks",
                asked,
                evidence.readBack(),
                use.map(each -> each.forked() + " forked, then "
                                + (each.error() == EAGAIN ? "EAGAIN" : "errno " + each.error()))
                        .orElse("not measured"),
                evidence.held()
                        && use.filter(each -> tasks(slice.tasks(), each)).isPresent());
    }

    static Line rateLine(String subject, ByteRate bound, Evidence evidence, Optional<Probes.Transfer> transfer) {
        return new Line(
                subject,
                bound.toString(),
                evidence.readBack(),
                transfer.map(each -> Words.rate(each.bytesPerSecond()) + " direct")
                        .orElse("not measured"),
                evidence.held() && transfer.filter(each -> rate(bound, each)).isPresent());
    }

    /** What the certificate says of one promise. */
    record Evidence(String readBack, Strength strength, boolean held) {}
}
