package io.bulkhead.harness.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What the serial consoles can do, and what they do under load; the budgets are those of the console's design. */
final class ConsoleBench {
    /** Variables for a look that is not to be recorded: seconds of each stretch, and which trials, as letters. */
    private static final String SECONDS = "BULKHEAD_BENCH_SECONDS";

    private static final String TRIALS = "BULKHEAD_BENCH_TRIALS";

    private final Consumer<String> progress;
    private final int seconds = Integer.parseInt(System.getenv().getOrDefault(SECONDS, "10"));
    private final List<String> trials = List.of(
            System.getenv().getOrDefault(TRIALS, "capacity,throughput,latency").split(","));

    ConsoleBench(Consumer<String> progress) {
        this.progress = progress;
    }

    /** One part of it. */
    @FunctionalInterface
    private interface Trial {
        String run(ConsoleGround ground) throws IOException;
    }

    /** Runs, and returns the results in Markdown. */
    String run() throws IOException {
        StringBuilder text = new StringBuilder();
        HostLines.ofThisHost().forEach(line -> text.append("- ").append(line).append('\n'));
        Map<String, Trial> all = new LinkedHashMap<>();
        all.put("throughput", ground -> new ThroughputTrial(ground, progress, seconds).run());
        all.put("latency", ground -> new LatencyTrial(ground, progress).run());
        all.put("capacity", ground -> new CapacityTrial(ground, progress, seconds).run());
        for (Map.Entry<String, Trial> each : all.entrySet()) {
            if (trials.contains(each.getKey())) {
                String instance = "bh-bench-" + ProcessHandle.current().pid();
                try (ConsoleGround ground = ConsoleGround.open(instance)) {
                    String results = each.getValue().run(ground);
                    progress.accept("\n" + results);
                    text.append('\n').append(results);
                }
            }
        }
        return text.toString();
    }
}
