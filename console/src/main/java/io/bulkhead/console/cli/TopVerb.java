package io.bulkhead.console.cli;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.terminal.Terminal;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionUsage;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead top}. */
@Command(
        name = "top",
        description = "Shows what partitions use of their slices, and what others take of their CPUs, again and again.",
        footer = {
            "",
            "q or Ctrl-C leaves; c, m, t, i, p and n sort by CPU, memory, tasks, intrusion, pressure and name. CPU is the share",
            "of the slice over the interval; INTRUSION is the part of whole CPUs that anybody else had, tasks or interrupts, in",
            "thousandths, over the manager's last window of ten seconds; WAITED FOR is what tasks lacked longest, and for which",
            "part of the interval at least one of them did (pressure stall information; cgroup v2). Without a terminal or on a dumb one, with --once",
            "or -n, samples over an interval are printed one below the other; with -o json what the API says, -n times."
        })
final class TopVerb extends Verb {
    static final String PATH = "/v1/usage";

    private static final int LONGEST_SECONDS = 3600;
    private static final int MOST_SAMPLES = 1_000_000;

    @Option(names = "--once", description = "show one sample and leave, like -n 1")
    private boolean once;

    @Option(
            names = {"-n", "--samples"},
            paramLabel = "COUNT",
            description = "print so many samples, 1 to 1000000, and leave")
    private Optional<Integer> samples = Optional.empty();

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description = "how long a sample is, 1 to 3600 (default: ${DEFAULT-VALUE})")
    private int seconds = 2;

    @Option(names = "--sort", paramLabel = "BY", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private UsageTable.Order sort = UsageTable.Order.cpu;

    TopVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (seconds < 1 || seconds > LONGEST_SECONDS) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "--interval is 1 to " + LONGEST_SECONDS + ", not " + seconds);
        }
        int count = samples.orElse(1);
        if (count < 1 || count > MOST_SAMPLES) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "-n is 1 to " + MOST_SAMPLES + ", not " + count);
        }
        if (bulkhead().wantsJson()) {
            return printJson(count);
        }
        Surroundings surroundings = bulkhead().surroundings();
        if (once || samples.isPresent() || !surroundings.outputIsTerminal() || surroundings.isDumb()) {
            return print(count);
        }
        InputStream keys = surroundings.inputIsTerminal() ? surroundings.in() : InputStream.nullInputStream();
        TopScreen screen = new TopScreen(
                this::measure, new UsageTable(sort, colour()), Duration.ofSeconds(seconds), keys, surroundings.out());
        if (!surroundings.inputIsTerminal()) {
            return screen.run();
        }
        Terminal.onResize(screen::resize);
        return Terminal.inRawMode(screen::run);
    }

    private int printJson(int count) throws InterruptedException {
        for (int sample = 0; sample < count; sample++) {
            if (sample > 0) {
                Thread.sleep(Duration.ofSeconds(seconds).toMillis());
            }
            bulkhead().printJson(api().get(PATH));
        }
        return DONE;
    }

    private int print(int count) throws InterruptedException {
        UsageTable table = new UsageTable(sort, colour());
        List<PartitionUsage> before = measure();
        if (before.isEmpty()) {
            bulkhead().remark("there are no partitions yet; 'bulkhead define' or 'bulkhead apply' makes one");
            return DONE;
        }
        for (int sample = 0; sample < count; sample++) {
            Thread.sleep(Duration.ofSeconds(seconds).toMillis());
            List<PartitionUsage> now = measure();
            bulkhead().print((sample > 0 ? "\n" : "") + table.render(before, now));
            before = now;
        }
        return DONE;
    }

    private List<PartitionUsage> measure() {
        return ApiClient.decode(Reply.Measured.class, api().get(PATH)).partitions();
    }
}
