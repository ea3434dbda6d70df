package io.bulkhead.console.cli;

import io.bulkhead.console.client.FrameStream;
import io.bulkhead.console.terminal.Terminal;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead exec}. */
@Command(
        name = "exec",
        description = "Runs a command inside a running partition, on its slice, and ends with its exit code.",
        footer = {"", "For example: bulkhead exec db -- ps aux"})
final class ExecVerb extends Verb {
    private static final WindowSize USUAL_SIZE = new WindowSize(80, 24);

    /** Signals that are handed on to the command, with their numbers; signal(7). */
    private static final Map<String, Integer> HANDED_ON = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    @Parameters(index = "0", paramLabel = "NAME", description = "which partition")
    private String name = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "CMD", description = "program and arguments, behind --")
    private List<String> command = new ArrayList<>();

    @Option(
            names = {"-t", "--terminal"},
            negatable = true,
            fallbackValue = "true",
            description = "give it a terminal (default: if input and output are one)")
    private Optional<Boolean> terminal = Optional.empty();

    @Option(
            names = {"-e", "--env"},
            paramLabel = "KEY=VALUE",
            description = "a variable for the command; may be repeated")
    private Map<String, String> environment = new LinkedHashMap<>();

    ExecVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() throws IOException {
        Surroundings surroundings = bulkhead().surroundings();
        boolean wanted = terminal.orElse(surroundings.inputIsTerminal() && surroundings.outputIsTerminal());
        PartitionName partition = PartitionName.parse(name);
        Order.ExecuteCommand order = new Order.ExecuteCommand(
                partition, command, variables(wanted), wanted ? Optional.of(size()) : Optional.empty());
        if (!wanted || !surroundings.inputIsTerminal()) {
            return run(partition, order);
        }
        return Terminal.inRawMode(() -> run(partition, order));
    }

    private int run(PartitionName partition, Order.ExecuteCommand order) throws IOException {
        try (FrameStream stream = new Partitions(api()).guessing(partition, () -> api().openStream(order))) {
            CommandSession session = new CommandSession(bulkhead().surroundings(), stream);
            if (order.terminal().isPresent()) {
                Terminal.onResize(() -> session.resize(size()));
            }
            HANDED_ON.forEach((signal, number) -> Terminal.onSignal(signal, () -> session.signal(number)));
            return session.run()
                    .orElseThrow(() -> Refusal.of(
                            ProblemCode.UNREACHABLE,
                            "the connection ended before the command did; how it ends is not known"));
        }
    }

    private Map<String, String> variables(boolean wanted) {
        Map<String, String> variables = new LinkedHashMap<>();
        String kind = bulkhead().surroundings().environment().getOrDefault("TERM", "");
        if (wanted && !kind.isEmpty()) {
            variables.put("TERM", kind);
        }
        variables.putAll(environment);
        return variables;
    }

    private static WindowSize size() {
        return Terminal.size().orElse(USUAL_SIZE);
    }
}
