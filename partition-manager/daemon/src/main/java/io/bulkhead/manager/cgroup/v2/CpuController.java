package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Knob;
import java.nio.file.Path;

/** CPU time of one group: bandwidth and weight; cgroup-v2.rst, "CPU Interface Files". */
final class CpuController {
    /** The kernel's own default, 100 ms: a quota of at least 1 ms makes 0.01 CPU the least entitlement. */
    private static final long PERIOD_MICROS = 100_000;

    private static final long MIN_WEIGHT = 1;
    private static final long MAX_WEIGHT = 10_000;
    private static final long WEIGHT_PER_CPU = 100;

    private final CgroupFiles files;
    private final Path group;

    CpuController(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    Path maxFile() {
        return group.resolve("cpu.max");
    }

    Path burstFile() {
        return group.resolve("cpu.max.burst");
    }

    Path weightFile() {
        return group.resolve("cpu.weight");
    }

    /** At most this much CPU time per time, with a weight in proportion. */
    void setEntitlement(CpuMillis amount) {
        setWeight(weight(amount));
        Knob.set(files, maxFile(), Math.multiplyExact(amount.millis(), PERIOD_MICROS) / 1000 + " " + PERIOD_MICROS);
    }

    static long weight(CpuMillis amount) {
        return Math.max(MIN_WEIGHT, Math.min(MAX_WEIGHT, amount.millis() * WEIGHT_PER_CPU / 1000));
    }

    /** No bound: it has whole CPUs to itself. */
    void setWhole() {
        if (entitlement().isLimited()) {
            Knob.set(files, maxFile(), "max " + PERIOD_MICROS);
        }
    }

    /**
     * As heavy as a group can be: partitions get what their bounds let them have against the host's own groups. The
     * host keeps its reserve because the bounds leave it.
     */
    void setHeaviest() {
        setWeight(MAX_WEIGHT);
    }

    private void setWeight(long weight) {
        Knob.set(files, weightFile(), String.valueOf(weight));
    }

    long weight() {
        return Knob.number(files, weightFile());
    }

    /** The bound; rounded up to a thousandth, so that a larger quota never reads as the promised one. */
    Limit<CpuMillis> entitlement() {
        String text = Knob.text(files, maxFile());
        String[] words = text.split(" ", -1);
        if (words[0].equals("max")) {
            return Limit.unlimited();
        }
        try {
            long period = Long.parseLong(words[1]);
            long quota = Math.multiplyExact(Long.parseLong(words[0]), 1000);
            return Limit.of(new CpuMillis((quota + period - 1) / period));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new CgroupException("read " + maxFile() + ": '" + text + "' is no bound on CPU time", e);
        }
    }

    /** CPU time used by it and the groups inside, microseconds since it was made. */
    long usageMicros() {
        return Knob.number(files, group.resolve("cpu.stat"), "usage_usec");
    }

    /** Unused time that may be saved up, in microseconds; 0 where the kernel does not know it. */
    long burstMicros() {
        return files.exists(burstFile()) ? Knob.number(files, burstFile()) : 0;
    }

    void setNoBurst() {
        if (burstMicros() != 0) {
            Knob.set(files, burstFile(), "0");
        }
    }
}
