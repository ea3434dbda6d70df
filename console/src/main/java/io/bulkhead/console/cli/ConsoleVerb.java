package io.bulkhead.console.cli;

import io.bulkhead.console.terminal.Terminal;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.ByteSize;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead console}. */
@Command(
        name = "console",
        description = "Attaches this terminal to the serial console of a partition: its past first, then what comes.",
        footer = {
            "",
            "At the start of a line: ~. leaves, ~w takes the typing over, ~~ types a tilde, ~? shows the keys.",
            "One viewer types, the others watch. Without a terminal, input and output are passed on as they are, and",
            "the end of input leaves once nothing has come for a second."
        })
final class ConsoleVerb extends Verb {
    private static final String DEFAULT_HISTORY = "16KiB";

    @Parameters(paramLabel = "NAME", description = "which partition")
    private String name = "";

    @Option(names = "--view", description = "watch only")
    private boolean view;

    @Option(names = "--take-over", description = "take the typing from whoever has it; they go on watching")
    private boolean takeOver;

    @Option(
            names = "--history",
            paramLabel = "BYTES",
            description = "how much of the past to show, like 64KiB (default: ${DEFAULT-VALUE})")
    private String history = DEFAULT_HISTORY;

    ConsoleVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() throws IOException {
        if (view && takeOver) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "--view and --take-over exclude each other");
        }
        PartitionName partition = PartitionName.parse(name);
        long bytes = bytes(history);
        ConsoleSession session = new ConsoleSession(bulkhead(), partition, !view, takeOver);
        if (!bulkhead().surroundings().inputIsTerminal()) {
            return session.run(bytes);
        }
        Terminal.onResize(session::resize);
        return Terminal.inRawMode(() -> session.run(bytes));
    }

    /** A size with its unit, or a plain count of bytes. */
    static long bytes(String text) {
        return text.matches("\\d{1,18}")
                ? Long.parseLong(text)
                : ByteSize.parse(text).bytes();
    }
}
