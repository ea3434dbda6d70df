package io.bulkhead.console.cli;

import io.bulkhead.console.client.FrameStream;
import io.bulkhead.console.terminal.HarmlessText;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead logs}. */
@Command(name = "logs", description = "Shows what a partition's console has put out, as far as it is kept.")
final class LogsVerb extends Verb {
    private static final long EVERYTHING = Long.MAX_VALUE;

    @Parameters(paramLabel = "NAME", description = "which partition")
    private String name = "";

    @Option(
            names = {"-f", "--follow"},
            description = "go on with what comes")
    private boolean follow;

    @Option(names = "--bytes", paramLabel = "BYTES", description = "only the last so many, like 4KiB")
    private Optional<String> bytes = Optional.empty();

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "only the last so many lines")
    private Optional<Integer> lines = Optional.empty();

    @Option(names = "--raw", description = "keep escape sequences, also on a terminal")
    private boolean raw;

    private Optional<HarmlessText> harmless = Optional.empty();

    LogsVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() throws IOException {
        if (bytes.isPresent() && lines.isPresent()) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "--bytes and --lines exclude each other");
        }
        if (lines.isPresent() && lines.get() < 0) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "--lines is 0 or more");
        }
        if (bulkhead().surroundings().outputIsTerminal() && !raw) {
            harmless = Optional.of(new HarmlessText());
        }
        PartitionName partition = PartitionName.parse(name);
        Partitions partitions = new Partitions(api());
        Order order = new Order.OpenConsole(
                partition,
                "logs#" + ProcessHandle.current().pid(),
                false,
                false,
                bytes.map(ConsoleVerb::bytes).orElse(EVERYTHING),
                follow);
        try (FrameStream stream = partitions.guessing(partition, () -> api().openStream(order))) {
            long pastEnd = follow ? partitions.status(partition).console().offset() : EVERYTHING;
            show(stream, pastEnd);
        }
        return DONE;
    }

    private void show(FrameStream stream, long pastEnd) throws IOException {
        ByteArrayOutputStream past = new ByteArrayOutputStream();
        boolean collecting = lines.isPresent() && stream.offset() < pastEnd;
        long position = stream.offset();
        for (Optional<Frame> next = stream.receive(); next.isPresent(); next = stream.receive()) {
            Frame frame = next.get();
            if (frame.kind() == Frame.Kind.OUTPUT) {
                position += frame.payload().length;
                if (collecting) {
                    past.writeBytes(frame.payload());
                } else {
                    put(frame.payload());
                }
            } else if (frame.as(StreamMessage.class) instanceof StreamMessage.Gap gap) {
                position = gap.to();
                bulkhead().remark("[... " + (gap.to() - gap.from()) + " bytes of output are lost here ...]");
            }
            if (collecting && position >= pastEnd) {
                collecting = false;
                put(lastLines(past.toByteArray(), lines.orElse(0)));
            }
        }
        if (collecting) {
            put(lastLines(past.toByteArray(), lines.orElse(0)));
        }
    }

    /** The end of a text from the start of its last so many lines; a newline at the end begins no line. */
    static byte[] lastLines(byte[] text, int count) {
        int found = 0;
        int start = text.length;
        for (int i = text.length - 1; i >= 0 && found < count; i--) {
            if (i == 0 || text[i - 1] == '\n') {
                found++;
                start = i;
            }
        }
        return Arrays.copyOfRange(text, start, text.length);
    }

    private void put(byte[] piece) {
        byte[] shown = harmless.map(filter -> filter.pass(piece)).orElse(piece);
        bulkhead().surroundings().out().write(shown, 0, shown.length);
        bulkhead().surroundings().out().flush();
    }
}
