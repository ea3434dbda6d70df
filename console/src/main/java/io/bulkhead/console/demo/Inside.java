package io.bulkhead.console.demo;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.client.FrameStream;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs commands inside partitions, as {@code bulkhead exec} does. */
final class Inside {
    private static final Map<String, String> ENVIRONMENT = Map.of("LC_ALL", "C");

    private final ApiClient api;

    Inside(ApiClient api) {
        this.api = api;
    }

    /**
     * How a command ended.
     *
     * @param status exit status; -1 where the connection ended first
     * @param out standard output
     * @param err standard error
     */
    record Result(int status, String out, String err) {}

    Result run(PartitionName name, List<String> command) throws IOException {
        Order order = new Order.ExecuteCommand(name, command, ENVIRONMENT, Optional.empty());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (FrameStream stream = api.openStream(order)) {
            endInput(stream);
            for (Optional<Frame> next = stream.receive(); next.isPresent(); next = stream.receive()) {
                Frame frame = next.get();
                if (frame.kind() == Frame.Kind.OUTPUT) {
                    out.writeBytes(frame.payload());
                } else if (frame.kind() == Frame.Kind.ERROR_OUTPUT) {
                    err.writeBytes(frame.payload());
                } else if (frame.as(StreamMessage.class) instanceof StreamMessage.Exited exited) {
                    return new Result(exited.status(), text(out), text(err));
                }
            }
        }
        return new Result(-1, text(out), text(err));
    }

    private static void endInput(FrameStream stream) {
        try {
            stream.send(Frame.stream(new StreamMessage.EndOfInput()));
        } catch (IOException e) {
            // A short command has ended already; what it said is still to be read.
            return;
        }
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
