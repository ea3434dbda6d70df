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

/** What both processes and the holders take of RAM; the budget is in the design's section 12. */
final class MemoryBench {
    private static final int PARTITIONS = 32;
    private static final int CPU_MILLIS = 10;
    private static final long MEMORY_BYTES = 16L << 20;
    private static final int TASKS = 64;
    private static final double KIB_PER_MIB = 1024;
    private static final double BUDGET_KIB = 64 * 1024;
    private static final double CONTROL_PLANE_KIB = 128 * 1024;
    private static final double BUDGET_EACH_KIB = 0.3 * 1024;

    private final Consumer<String> progress;

    MemoryBench(Consumer<String> progress) {
        this.progress = progress;
    }

    /**
     * What /proc/PID/smaps_rollup says, in KiB; proc(5).
     *
     * @param sharedKib what of the RSS is files in memory, /proc/PID/status: of the manager, consoles' pages that were written
     */
    private record Memory(long rssKib, long pssKib, long sharedKib) {
        static Memory of(long pid) {
            List<String> lines =
                    HostLines.text("/proc/" + pid + "/smaps_rollup").lines().toList();
            List<String> status =
                    HostLines.text("/proc/" + pid + "/status").lines().toList();
            return new Memory(value(lines, "Rss:"), value(lines, "Pss:"), value(status, "RssShmem:"));
        }

        private static long value(List<String> lines, String key) {
            return lines.stream()
                    .filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("nobody says " + key));
        }

        Memory plus(Memory other) {
            return new Memory(rssKib + other.rssKib, pssKib + other.pssKib, sharedKib + other.sharedKib);
        }
    }

    /** Runs, and returns the results in Markdown. */
    String run() throws IOException {
        String instance = "bulkhead-bench-" + ProcessHandle.current().pid();
        try (ManagerProcess manager = ManagerProcess.start(instance)) {
            Memory idle = Memory.of(manager.pid());
            long controlPlane = manager.startControlPlane();
            Memory controlPlaneIdle = Memory.of(controlPlane);
            List<PartitionName> names = IntStream.rangeClosed(1, PARTITIONS)
                    .mapToObj(number -> new PartitionName("bench-" + number))
                    .toList();
            progress.accept("defining " + PARTITIONS + " partitions");
            for (PartitionName name : names) {
                manager.define(name, CPU_MILLIS, MEMORY_BYTES, TASKS, Limit.unlimited());
            }
            Memory defined = Memory.of(manager.pid());
            Memory holders = new Memory(0, 0, 0);
            progress.accept("starting them");
            for (PartitionName name : names) {
                PartitionStatus status = manager.orders()
                        .ask(Reply.Partition.class, new Order.StartPartition(name))
                        .partition();
                holders = holders.plus(Memory.of(parent(status.pid().orElseThrow())));
            }
            Memory running = Memory.of(manager.pid());
            List<Row> rows = List.of(
                    new Row("manager, no partition", idle),
                    new Row("manager, " + PARTITIONS + " defined", defined),
                    new Row("manager, " + PARTITIONS + " running", running),
                    new Row(PARTITIONS + " holders together", holders),
                    new Row("control plane, no partition", controlPlaneIdle),
                    new Row("control plane, " + PARTITIONS + " running", Memory.of(controlPlane)));
            double each = (running.rssKib() - idle.rssKib()) / (double) PARTITIONS;
            return markdown(
                    HostLines.of(manager.host()),
                    rows,
                    List.of(
                            budget("manager, at most 64 MiB RSS idle", (double) idle.rssKib(), BUDGET_KIB),
                            budget("manager, at most 0.3 MiB RSS more for each partition", each, BUDGET_EACH_KIB),
                            budget(
                                    "control plane, at most 128 MiB RSS idle",
                                    (double) controlPlaneIdle.rssKib(),
                                    CONTROL_PLANE_KIB)));
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

    private static String markdown(List<String> host, List<Row> rows, List<String> budgets) {
        Table table = new Table("memory, MiB", "RSS", "PSS", "of the RSS, files in memory");
        rows.forEach(row -> table.row(
                row.what(),
                mebibytes((double) row.memory().rssKib()),
                mebibytes((double) row.memory().pssKib()),
                mebibytes((double) row.memory().sharedKib())));
        StringBuilder text = new StringBuilder();
        host.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append('\n').append(table).append('\n');
        budgets.forEach(text::append);
        return text.toString();
    }

    private static String budget(String what, double kib, double mostKib) {
        return "- budget, " + what + ": " + (kib <= mostKib ? "**met**" : "**not met**") + " (" + mebibytes(kib)
                + ")\n";
    }

    /** A line of the result. */
    private record Row(String what, Memory memory) {}

    private static String mebibytes(double kib) {
        return String.format(Locale.ROOT, "%.2f", kib / KIB_PER_MIB);
    }
}
