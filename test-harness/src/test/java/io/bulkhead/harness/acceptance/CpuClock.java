package io.bulkhead.harness.acceptance;

import io.bulkhead.contract.hardware.CpuSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * What tasks had of some CPUs, by /proc/stat: user, nice and system time beside all time, in clock ticks.
 *
 * @param tasks time of tasks, of everybody's
 * @param all time that has passed, idle time included
 */
record CpuClock(long tasks, long all) {
    private static final Path STAT = Path.of("/proc/stat");
    /** user, nice, system, idle, iowait, irq, softirq, steal; proc_stat(5). What follows is part of user and nice. */
    private static final int FIELDS = 8;

    static CpuClock read(CpuSet cpus) {
        long tasks = 0;
        long all = 0;
        for (int cpu : cpus.ids()) {
            List<String> words = ThisHost.line(STAT, "cpu" + cpu);
            for (int i = 1; i <= FIELDS; i++) {
                long ticks = Long.parseLong(words.get(i));
                all += ticks;
                tasks += i <= 3 ? ticks : 0;
            }
        }
        return new CpuClock(tasks, all);
    }

    /** What passes on some CPUs during this time. */
    static CpuClock over(Duration window, CpuSet cpus) {
        CpuClock before = read(cpus);
        letPass(window);
        CpuClock after = read(cpus);
        return new CpuClock(after.tasks - before.tasks, after.all - before.all);
    }

    /** For measurements over a time; not to wait for something. */
    static void letPass(Duration window) {
        Awaitility.await().pollDelay(window).atMost(window.multipliedBy(10)).until(() -> true);
    }

    /** Tasks' share in thousandths. */
    long perMille() {
        return tasks * 1000 / all;
    }
}
