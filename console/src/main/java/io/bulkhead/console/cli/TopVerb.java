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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead top}. */
@Command(
        name = "top",
        description = "Shows what partitions use of their slices, and what others take of their CPUs, again and again.",
        footer = {
            "",
            "q or Ctrl-C leaves. CPU is the share of the slice over the interval; INTRUSION is the part of whole CPUs that",
            "anybody else had, tasks or interrupts, in thousandths, over the manager's last window of ten seconds.",
            "Without a terminal, or with --once, one sample over an interval is shown; with -o json what the API says now."
        })
final class TopVerb extends Verb {
    static final String PATH = "/v1/usage";

    private static final int LONGEST_SECONDS = 3600;

    @Option(names = "--once", description = "show one sample and leave")
    private boolean once;

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
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(api().get(PATH));
            return DONE;
        }
        Surroundings surroundings = bulkhead().surroundings();
        if (once || !surroundings.outputIsTerminal()) {
            return showOnce();
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

    private int showOnce() throws InterruptedException {
        List<PartitionUsage> before = measure();
        if (before.isEmpty()) {
            bulkhead().remark("there are no partitions yet; 'bulkhead define' or 'bulkhead apply' makes one");
            return DONE;
        }
        Thread.sleep(Duration.ofSeconds(seconds).toMillis());
        bulkhead().print(new UsageTable(sort, colour()).render(before, measure()));
        return DONE;
    }

    private List<PartitionUsage> measure() {
        return ApiClient.decode(Reply.Measured.class, api().get(PATH)).partitions();
    }
}
