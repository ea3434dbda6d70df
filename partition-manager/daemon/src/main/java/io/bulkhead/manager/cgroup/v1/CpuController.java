package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Knob;
import java.nio.file.Path;

/** CPU time of one group: bandwidth (scheduler/sched-bwc.rst) and shares (scheduler/sched-design-CFS.rst). */
final class CpuController {
    /** The kernel's own default, 100 ms: a quota of at least 1 ms makes 0.01 CPU the least entitlement. */
    private static final long PERIOD_MICROS = 100_000;

    /** The kernel takes 2 to 262144 and silently clamps what lies outside (sched/core.c, MIN_SHARES, MAX_SHARES). */
    private static final long MIN_SHARES = 2;

    private static final long MAX_SHARES = 262_144;
    private static final long SHARES_PER_CPU = 1024;

    /** How many ordinary tasks of the host one CPU's worth of the instance's groups outweighs, where they compete. */
    private static final long OUTWEIGHED_TASKS = 16;

    private final CgroupFiles files;
    private final Path group;

    CpuController(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    Path quotaFile() {
        return group.resolve("cpu.cfs_quota_us");
    }

    Path burstFile() {
        return group.resolve("cpu.cfs_burst_us");
    }

    private Path periodFile() {
        return group.resolve("cpu.cfs_period_us");
    }

    /** At most this much CPU time per time, with shares in proportion. */
    void setEntitlement(CpuMillis amount) {
        setShares(amount.millis() * SHARES_PER_CPU / 1000);
        Knob.set(files, periodFile(), String.valueOf(PERIOD_MICROS));
        Knob.set(files, quotaFile(), String.valueOf(Math.multiplyExact(amount.millis(), PERIOD_MICROS) / 1000));
    }

    /** No bound on the time, shares for this many CPUs. */
    void setWhole(int cpus) {
        setShares(cpus * SHARES_PER_CPU);
        Knob.set(files, quotaFile(), "-1");
    }

    /** The same bound on the time, without shares, for a group inside; never larger than this one's at any moment. */
    void copyQuotaTo(CpuController inside) {
        String quota = Knob.text(files, quotaFile());
        if (!quota.equals(Knob.text(files, inside.quotaFile()))) {
            Knob.set(files, inside.quotaFile(), "-1");
            Knob.set(files, inside.periodFile(), Knob.text(files, periodFile()));
            Knob.set(files, inside.quotaFile(), quota);
        }
    }

    /** Shares alone: for the host's own group, which is not bounded. */
    void setSharesOf(CpuMillis amount) {
        setShares(amount.millis() * SHARES_PER_CPU / 1000);
    }

    /**
     * Shares of an instance's top group; they are spread over all CPUs. Where the host's tasks compete with it, as many
     * that partitions get what their quota lets them have. Where those are confined, and have a group inside, only the
     * kernel's own threads are left beside it. What these do, partitions wait for themselves: with more shares a hog would
     * keep its neighbour's disk waiting.
     *
     * @param confined whether the host's tasks are in a group inside
     */
    void setTopShares(int onlineCpus, boolean confined) {
        setShares((confined ? 1 : OUTWEIGHED_TASKS) * SHARES_PER_CPU * onlineCpus);
    }

    private void setShares(long shares) {
        long clamped = Math.min(MAX_SHARES, Math.max(MIN_SHARES, shares));
        Knob.set(files, group.resolve("cpu.shares"), String.valueOf(clamped));
    }

    /**
     * The quota over the period; rounded up to a thousandth, so that a larger quota never reads as the promised one.
     */
    Limit<CpuMillis> entitlement() {
        long quota = Knob.number(files, quotaFile());
        if (quota < 0) {
            return Limit.unlimited();
        }
        long period = Knob.number(files, periodFile());
        return Limit.of(new CpuMillis((Math.multiplyExact(quota, 1000) + period - 1) / period));
    }

    /** Unused time that may be saved up, in microseconds; 0 where the kernel does not know it (before 5.14). */
    long burstMicros() {
        return files.exists(burstFile()) ? Knob.number(files, burstFile()) : 0;
    }
}
