package io.bulkhead.harness.bench;

import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.contract.partition.ConsoleSlice;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Many consoles and many viewers at once, and whether every byte is accounted for. */
final class CapacityTrial {
    private static final int IDLE = 64;
    private static final int BUSY = 16;
    private static final int BUSY_BYTES_PER_SECOND = 1_000_000;
    private static final int IDLE_MILLIS = 10;

    /** More than its writer needs; all together are what two CPUs can give. */
    private static final int BUSY_MILLIS = 45;

    private static final int FLOOD_MILLIS = 600;
    private static final int STALLED_AT_FLOOD = 9;
    private static final int READING_AT_FLOOD = 6;
    private static final int READING_AT_BUSY = 2;
    private static final int READING_AT_IDLE = 37;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final double MILLION = 1e6;
    private static final long BUDGET_NANOS = 10_000_000;

    private final ConsoleGround ground;
    private final Consumer<String> progress;
    private final int seconds;
    private final List<PartitionName> idle = new ArrayList<>();
    private final List<PartitionName> busy = new ArrayList<>();
    private final List<BenchViewer> reading = new ArrayList<>();
    private final List<BenchViewer> stalled = new ArrayList<>();
    private final Map<PartitionName, Long> written = new LinkedHashMap<>();
    private final Map<PartitionName, Long> began = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();
    private PartitionName flood;

    CapacityTrial(ConsoleGround ground, Consumer<String> progress, int seconds) throws IOException {
        this.ground = ground;
        this.progress = progress;
        this.seconds = seconds;
        progress.accept("starting " + (IDLE + BUSY + 1) + " partitions");
        for (int i = 1; i <= IDLE; i++) {
            idle.add(ground.start("idle-" + i, IDLE_MILLIS, ConsoleSlice.DEFAULT));
        }
        for (int i = 1; i <= BUSY; i++) {
            busy.add(ground.start("busy-" + i, BUSY_MILLIS, ConsoleSlice.DEFAULT));
        }
        flood = ground.start("flood", FLOOD_MILLIS, ConsoleGround.unlimited());
    }

    /** How long writes took in one stretch, of the sixteen together and of the one at full speed. */
    private record Writes(Latencies busy, Latencies flood) {}

    /** Runs, and returns the results in Markdown. */
    String run() throws IOException {
        for (PartitionName each : all()) {
            began.put(each, ground.status(each).offset());
        }
        write(3);
        ConsoleGround.Memory before = ground.memory();
        ground.forgetPeaks();
        progress.accept("writing, nobody looks");
        Writes alone = write(seconds);
        ConsoleGround.Memory unwatched = ground.memory();
        ground.forgetPeaks();
        attach();
        progress.accept("writing, " + reading.size() + " look and " + stalled.size() + " do not read");
        Writes watched = write(seconds);
        ConsoleGround.Memory peak = ground.memory();
        progress.accept("balancing the books");
        String books = books();
        close();
        progress.accept("writing, nobody looks any more");
        Writes after = write(seconds);
        return books + "\n" + writes(alone, watched, after) + "\n" + memory(before, unwatched, peak)
                + budgets(alone, watched, after);
    }

    private Stream<PartitionName> noisy() {
        return Stream.concat(busy.stream(), Stream.of(flood));
    }

    private List<PartitionName> all() {
        return Stream.concat(idle.stream(), noisy()).toList();
    }

    // ---- writing

    private Writes write(int forSeconds) throws IOException {
        Map<PartitionName, Program> writers = new LinkedHashMap<>();
        for (PartitionName each : noisy().toList()) {
            List<String> command = new ArrayList<>(Scripts.perl("console-writer.pl"));
            command.add(Integer.toString(each.equals(flood) ? 0 : BUSY_BYTES_PER_SECOND));
            command.add(Integer.toString(forSeconds));
            writers.put(each, ground.inside(each, command));
        }
        List<String> took = new ArrayList<>();
        String floods = "";
        for (Map.Entry<PartitionName, Program> each : writers.entrySet()) {
            String said = each.getValue().await(PATIENCE);
            written.merge(each.getKey(), Long.parseLong(Latencies.parse(said).why()), Long::sum);
            if (each.getKey().equals(flood)) {
                floods = said;
            } else {
                said.lines().skip(1).forEach(took::add);
            }
        }
        return new Writes(Latencies.parse("errors 0 \n" + String.join("\n", took) + "\n"), Latencies.parse(floods));
    }

    // ---- viewers

    private void attach() {
        for (int i = 0; i < READING_AT_FLOOD; i++) {
            reading.add(viewer(flood, i));
        }
        for (PartitionName each : busy) {
            for (int i = 0; i < READING_AT_BUSY; i++) {
                reading.add(viewer(each, i));
            }
            stalled.add(viewer(each, stalled.size()));
        }
        for (int i = 0; i < READING_AT_IDLE; i++) {
            reading.add(viewer(idle.get(i), i));
        }
        for (int i = 0; i < STALLED_AT_FLOOD; i++) {
            stalled.add(viewer(flood, i));
        }
        reading.forEach(each -> each.read(0));
    }

    private BenchViewer viewer(PartitionName partition, int number) {
        LagPolicy[] policies = LagPolicy.values();
        return BenchViewer.attach(ground.api(), partition, policies[number % policies.length], Start.now());
    }

    private void close() throws IOException {
        for (BenchViewer each : viewers()) {
            each.close();
        }
    }

    private List<BenchViewer> viewers() {
        return Stream.concat(reading.stream(), stalled.stream()).toList();
    }

    // ---- books

    private String books() throws IOException {
        Map<PartitionName, Long> ends = new LinkedHashMap<>();
        for (PartitionName each : all()) {
            ends.put(each, ground.status(each).offset());
        }
        stalled.forEach(each -> each.read(0));
        for (BenchViewer each : viewers()) {
            long end = ends.getOrDefault(each.partition(), 0L);
            await(
                    "a viewer of " + each.partition(),
                    () -> each.position() == end || each.fault().isPresent());
            each.fault().ifPresent(fault -> faults.add("a viewer of " + each.partition() + " " + fault));
        }
        Table table = new Table(
                "books, MB",
                "written",
                "offsets",
                "log, bytes",
                "log, gaps",
                "viewers",
                "delivered",
                "gaps",
                "stalled",
                "delivered ",
                "gaps ");
        table.row(row("1 at full speed", flood::equals, ends));
        table.row(row(BUSY + " at 1 MB/s", busy::contains, ends));
        table.row(row(IDLE + " idle", idle::contains, ends));
        return table.toString();
    }

    private void await(String what, java.util.concurrent.Callable<Boolean> done) {
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(done);
        } catch (ConditionTimeoutException e) {
            faults.add(what + " has not come to the end within " + PATIENCE.toSeconds() + " s");
        }
    }

    private String[] row(String name, Predicate<PartitionName> which, Map<PartitionName, Long> ends)
            throws IOException {
        long made = 0;
        long moved = 0;
        long logged = 0;
        long missing = 0;
        for (Map.Entry<PartitionName, Long> each : ends.entrySet()) {
            if (which.test(each.getKey())) {
                long from = began.getOrDefault(each.getKey(), 0L);
                long own = written.getOrDefault(each.getKey(), 0L);
                made += own;
                moved += each.getValue() - from;
                if (own != each.getValue() - from) {
                    faults.add(each.getKey() + " wrote " + own + ", its offset moved by " + (each.getValue() - from));
                }
                try (BenchViewer log =
                        BenchViewer.attach(ground.api(), each.getKey(), LagPolicy.COMPLETE, Start.at(0))) {
                    log.read(0);
                    await("the log of " + each.getKey(), () -> log.position() == each.getValue());
                    log.fault().ifPresent(fault -> faults.add("the log of " + each.getKey() + " " + fault));
                    logged += log.delivered();
                    missing += log.skipped();
                }
            }
        }
        return new String[] {
            name,
            millions(made),
            millions(moved),
            millions(logged),
            millions(missing),
            count(reading, which),
            millions(sum(reading, which, BenchViewer::delivered)),
            millions(sum(reading, which, BenchViewer::skipped)),
            count(stalled, which),
            millions(sum(stalled, which, BenchViewer::delivered)),
            millions(sum(stalled, which, BenchViewer::skipped))
        };
    }

    private static String count(List<BenchViewer> viewers, Predicate<PartitionName> which) {
        return Long.toString(
                viewers.stream().filter(each -> which.test(each.partition())).count());
    }

    private static long sum(
            List<BenchViewer> viewers,
            Predicate<PartitionName> which,
            java.util.function.ToLongFunction<BenchViewer> value) {
        return viewers.stream()
                .filter(each -> which.test(each.partition()))
                .mapToLong(value)
                .sum();
    }

    private static String millions(long bytes) {
        return ConsoleGround.text(bytes / MILLION);
    }

    // ---- results

    private String writes(Writes alone, Writes watched, Writes after) {
        Table table = new Table("a write of 4 KiB, ms", "median", "p99", "p99.9", "longest", "n");
        table.row(row("16 at 1 MB/s, nobody looks", alone.busy()));
        table.row(row("16 at 1 MB/s, 100 viewers", watched.busy()));
        table.row(row("16 at 1 MB/s, nobody looks any more", after.busy()));
        table.row(row("1 at full speed, nobody looks", alone.flood()));
        table.row(row("1 at full speed, 100 viewers", watched.flood()));
        table.row(row("1 at full speed, nobody looks any more", after.flood()));
        return table.toString();
    }

    private static String[] row(String name, Latencies writes) {
        return new String[] {
            name,
            Figures.millis(writes.p50Nanos()),
            Figures.millis(writes.p99Nanos()),
            Figures.millis(writes.p999Nanos()),
            Figures.millis(writes.maxNanos()),
            Integer.toString(writes.calls())
        };
    }

    private String memory(ConsoleGround.Memory before, ConsoleGround.Memory unwatched, ConsoleGround.Memory peak) {
        Table table = new Table("memory, MiB", "manager", "control plane");
        table.row(
                (IDLE + BUSY + 1) + " consoles running",
                ConsoleGround.text(before.manager()),
                ConsoleGround.text(before.controlPlane()));
        table.row(
                "at most, nobody looks",
                ConsoleGround.text(unwatched.managerPeak()),
                ConsoleGround.text(unwatched.controlPlanePeak()));
        table.row(
                "at most, 100 viewers",
                ConsoleGround.text(peak.managerPeak()),
                ConsoleGround.text(peak.controlPlanePeak()));
        return table.toString();
    }

    private String budgets(Writes alone, Writes watched, Writes after) {
        long without = Math.max(longest(alone), longest(after));
        long blocked = Math.max(0, longest(watched) - without);
        StringBuilder text = new StringBuilder("\n- every byte accounted for (written = offsets; delivered + gaps = "
                + "offsets for each of " + viewers().size() + " viewers and " + all().size() + " logs): "
                + (faults.isEmpty() ? "**met**" : "**not met**") + "\n");
        faults.stream()
                .limit(10)
                .forEach(fault -> text.append("    - ").append(fault).append('\n'));
        text.append("- no write blocked by viewers for more than 10 ms (longest with them, less longest without): ")
                .append(blocked <= BUDGET_NANOS ? "**met**" : "**not met**")
                .append(" (")
                .append(Figures.millis(longest(watched)))
                .append(" - ")
                .append(Figures.millis(without))
                .append(" ms)\n");
        return text.toString();
    }

    private static long longest(Writes writes) {
        return Math.max(writes.busy().maxNanos(), writes.flood().maxNanos());
    }
}
