package io.bulkhead.harness.bench;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Programs inside of a partition. */
final class PartitionProgram {
    private static final int LOST = 255;

    private PartitionProgram() {}

    /** Starts one without a terminal, on a connection of its own, and reads what it prints. */
    static Program start(ManagerProcess manager, PartitionName name, List<String> command) throws IOException {
        ManagerClient stream = manager.connect();
        stream.ask(Reply.StreamOpened.class, new Order.ExecuteCommand(name, command, Map.of(), Optional.empty()));
        stream.send(Frame.stream(new StreamMessage.EndOfInput()));
        Output output = new Output();
        Thread reader = new Thread(() -> read(stream, output), "output of " + name);
        reader.setDaemon(true);
        reader.start();
        return output;
    }

    private static void read(ManagerClient stream, Output output) {
        try (stream) {
            while (output.status().isEmpty()) {
                Frame frame = stream.read();
                if (frame.kind() == Frame.Kind.OUTPUT || frame.kind() == Frame.Kind.ERROR_OUTPUT) {
                    output.take(frame.payload(), frame.payload().length);
                } else if (frame.as(StreamMessage.class) instanceof StreamMessage.Exited exited) {
                    output.end(exited.status());
                }
            }
        } catch (IOException e) {
            output.end(LOST);
        }
    }
}
