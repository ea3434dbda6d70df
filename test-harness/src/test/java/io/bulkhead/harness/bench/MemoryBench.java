package io.bulkhead.harness.bench;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.unit.Limit;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** What the manager and the holders take of RAM; the budget is in the design's section 12. */
final class MemoryBench {
    private static final int PARTITIONS = 32;
    private static final int CPU_MILLIS = 10;
    private static final long MEMORY_BYTES = 16L << 20;
    private static final int TASKS = 64;
    private static final double KIB_PER_MIB = 1024;
    private static final long BUDGET_KIB = 64 << 10;
    private static final double BUDGET_EACH_KIB = 0.3 * 1024;

    private final Consumer<String> progress;

    MemoryBench(Consumer<String> progress) {
        this.progress = progress;
    }

    /** What /proc/PID/smaps_rollup says, in KiB; proc(5). */
    private record Memory(long rssKib, long pssKib) {
        static Memory of(long pid) {
            List<String> lines =
                    HostLines.text("/proc/" + pid + "/smaps_rollup").lines().toList();
            return new Memory(value(lines, "Rss:"), value(lines, "Pss:"));
        }

        private static long value(List<String> lines, String key) {
            return lines.stream()
                    .filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no " + key + " in smaps_rollup"));
        }

        Memory plus(Memory other) {
            return new Memory(rssKib + other.rssKib, pssKib + other.pssKib);
        }
    }

    /** Runs, and returns the results in Markdown. */
    String run() throws IOException {
        String instance = "bulkhead-bench-" + ProcessHandle.current().pid();
        try (ManagerProcess manager = ManagerProcess.start(instance)) {
            Memory idle = Memory.of(manager.pid());
            List<PartitionName> names = IntStream.rangeClosed(1, PARTITIONS)
                    .mapToObj(number -> new PartitionName("bench-" + number))
                    .toList();
            progress.accept("defining " + PARTITIONS + " partitions");
            for (PartitionName name : names) {
                manager.define(name, CPU_MILLIS, MEMORY_BYTES, TASKS, Limit.unlimited());
            }
            Memory defined = Memory.of(manager.pid());
            Memory holders = new Memory(0, 0);
            progress.accept("starting them");
            for (PartitionName name : names) {
                PartitionStatus status = manager.orders()
                        .ask(Reply.Partition.class, new Order.StartPartition(name))
                        .partition();
                holders = holders.plus(Memory.of(parent(status.pid().orElseThrow())));
            }
            Memory running = Memory.of(manager.pid());
            List<String> host = HostLines.of(manager.host());
            return markdown(host, idle, defined, running, holders);
        }
    }

    private static long parent(long pid) {
        return HostLines.text("/proc/" + pid + "/status")
                .lines()
                .filter(line -> line.startsWith("PPid:"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                .findFirst()
                .orElseThrow();
    }

    private static String markdown(List<String> host, Memory idle, Memory defined, Memory running, Memory holders) {
        Table table = new Table("memory, MiB", "RSS", "PSS");
        row(table, "manager, no partition", idle);
        row(table, "manager, " + PARTITIONS + " defined", defined);
        row(table, "manager, " + PARTITIONS + " running", running);
        row(table, PARTITIONS + " holders together", holders);
        double each = (running.rssKib() - idle.rssKib()) / (double) PARTITIONS;
        StringBuilder text = new StringBuilder();
        host.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append('\n').append(table).append('\n');
        text.append("- budget, at most 64 MiB RSS idle: ")
                .append(verdict(idle.rssKib() <= BUDGET_KIB))
                .append('\n');
        text.append("- budget, at most 0.3 MiB RSS more for each partition: ")
                .append(verdict(each <= BUDGET_EACH_KIB))
                .append(" (")
                .append(mebibytes(each))
                .append(")\n");
        return text.toString();
    }

    private static String verdict(boolean met) {
        return met ? "**met**" : "**not met**";
    }

    private static void row(Table table, String what, Memory memory) {
        table.row(what, mebibytes((double) memory.rssKib()), mebibytes((double) memory.pssKib()));
    }

    private static String mebibytes(double kib) {
        return String.format(Locale.ROOT, "%.2f", kib / KIB_PER_MIB);
    }
}
