package io.bulkhead.console.serial;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.Pressure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a break shows by default: the partition's tasks, and how long they have waited for what they have too little of. */
public final class PartitionReport {
    private static final long MILLION = 1_000_000;

    private PartitionReport() {}

    /** The report of one partition among the measures of all; a {@link Refusal} where it is not among them. */
    public static String of(PartitionName name, List<PartitionUsage> all) {
        return all.stream()
                .filter(each -> each.partition().equals(name))
                .findFirst()
                .map(PartitionReport::text)
                .orElseThrow(() -> Refusal.of(ProblemCode.NOT_FOUND, "nothing is measured of " + name));
    }

    private static String text(PartitionUsage usage) {
        List<String> lines = new ArrayList<>();
        lines.add("state " + usage.state().name().toLowerCase(Locale.ROOT));
        usage.tasks().ifPresent(tasks -> lines.add("tasks " + tasks + ", refused " + usage.tasksRefused()));
        usage.cpuMicros().ifPresent(micros -> lines.add("cpu time " + seconds(micros)));
        usage.memory()
                .ifPresent(memory ->
                        lines.add("memory " + memory + ", killed for want of it " + usage.outOfMemoryKills()));
        usage.pressure().ifPresent(pressure -> lines.addAll(waits(pressure)));
        return String.join("\n", lines);
    }

    private static List<String> waits(Pressure pressure) {
        List<String> lines = new ArrayList<>();
        wait("cpu", pressure.cpu()).ifPresent(lines::add);
        wait("memory", pressure.memory()).ifPresent(lines::add);
        wait("io", pressure.io()).ifPresent(lines::add);
        return lines;
    }

    private static Optional<String> wait(String what, Optional<Pressure.Stall> stall) {
        return stall.map(each -> "waited for " + what + ": some tasks " + seconds(each.someMicros())
                + each.fullMicros().map(full -> ", all " + seconds(full)).orElse(""));
    }

    private static String seconds(long micros) {
        return micros / MILLION + "." + String.format(Locale.ROOT, "%03d", micros % MILLION / 1000) + " s";
    }
}
