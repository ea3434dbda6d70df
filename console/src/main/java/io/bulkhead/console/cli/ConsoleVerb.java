package io.bulkhead.console.cli;

import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.console.terminal.Terminal;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.ByteSize;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead console}. */
@Command(
        name = "console",
        description = "Attaches this terminal to the serial console of a partition: its past first, then what comes.",
        footer = {
            "",
            "At the start of a line: ~. leaves, ~w takes the typing over, ~r asks for it, ~g grants and ~n declines what",
            "somebody else asks, ~v only views, ~# sends a break, ~~ types a tilde, ~? shows the keys.",
            "One viewer types, the others watch or wait for their turn. To attach changes nothing of the console: it takes",
            "the size of whoever types, with the first key. When the control plane or the manager starts anew, the",
            "console goes on where it was. Without a terminal, input and output are passed on as they are, and the end of",
            "input leaves once nothing has come for a second."
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
            names = "--reason",
            paramLabel = "TEXT",
            description = "why it is taken over: shown to the others, and in the audit trail and the log")
    private String reason = "";

    @Option(names = "--from", paramLabel = "OFFSET", description = "begin at this offset of the console's output")
    private Optional<Long> from = Optional.empty();

    @Option(names = "--replay", paramLabel = "N", description = "begin with the last N lines; 0 for none")
    private Optional<Long> replay = Optional.empty();

    @Option(
            names = "--history",
            paramLabel = "BYTES",
            description = "begin with so much of the past, like 64KiB (default: " + DEFAULT_HISTORY + ")")
    private Optional<String> history = Optional.empty();

    ConsoleVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() throws IOException {
        if (view && takeOver) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "--view and --take-over exclude each other");
        }
        if (!reason.isEmpty() && !takeOver) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "--reason belongs to --take-over");
        }
        PartitionName partition = PartitionName.parse(name);
        Wish wish = view ? Wish.VIEW : takeOver ? Wish.TAKE_OVER : Wish.WRITE;
        ConsoleSession session = session(partition, wish);
        if (!bulkhead().surroundings().inputIsTerminal()) {
            return session.run();
        }
        Terminal.onResize(session::resize);
        return Terminal.inRawMode(session::run);
    }

    private ConsoleSession session(PartitionName partition, Wish wish) {
        try {
            return new ConsoleSession(bulkhead(), partition, start(), wish, reason, wish == Wish.WRITE);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Problem.of(ProblemCode.INVALID_REQUEST, String.valueOf(e.getMessage())), e);
        }
    }

    private Start start() {
        if (Stream.of(from, replay, history).filter(Optional::isPresent).count() > 1) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "--from, --replay and --history exclude each other");
        }
        return from.map(Start::at)
                .or(() -> replay.map(Start::lines))
                .orElseGet(() -> Start.bytes(bytes(history.orElse(DEFAULT_HISTORY))));
    }

    /** A size with its unit, or a plain count of bytes. */
    static long bytes(String text) {
        return text.matches("\\d{1,18}")
                ? Long.parseLong(text)
                : ByteSize.parse(text).bytes();
    }
}
