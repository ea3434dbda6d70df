package io.bulkhead.harness.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** What the serial consoles can do, and what they do under load; the budgets are those of the console's design. */
final class ConsoleBench {
    /** Variables for a look that is not to be recorded: seconds of each stretch, and which trials, as letters. */
    private static final String SECONDS = "BULKHEAD_BENCH_SECONDS";

    private static final String TRIALS = "BULKHEAD_BENCH_TRIALS";

    private final Consumer<String> progress;
    private final int seconds = Integer.parseInt(System.getenv().getOrDefault(SECONDS, "10"));
    private final List<String> trials =
            List.of(System.getenv().getOrDefault(TRIALS, "capacity,throughput,latency").split(","));

    ConsoleBench(Consumer<String> progress) {
        this.progress = progress;
    }

    /** Runs, and returns the results in Markdown. */
    String run() throws IOException {
        String instance = "bulkhead-bench-" + ProcessHandle.current().pid();
        StringBuilder text = new StringBuilder();
        try (ConsoleGround ground = ConsoleGround.open(instance)) {
            HostLines.of(ground.manager().host())
                    .forEach(line -> text.append("- ").append(line).append('\n'));
            if (trials.contains("capacity")) {
                text.append('\n').append(new CapacityTrial(ground, progress, seconds).run());
            }
        }
        return text.toString();
    }
}
