package io.bulkhead.console.cli;

import io.bulkhead.console.client.FrameStream;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.contract.wire.Frame;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Optional;

/** One command inside a partition with our standard streams. The caller's thread shows what comes; a second one reads. */
final class CommandSession {
    private final Surroundings surroundings;
    private final FrameStream stream;

    CommandSession(Surroundings surroundings, FrameStream stream) {
        this.surroundings = surroundings;
        this.stream = stream;
    }

    /** Runs it to its end; the answer is its exit status, or nothing if the connection ended first. */
    Optional<Integer> run() throws IOException {
        Thread reader = new Thread(this::read, "command-input");
        reader.setDaemon(true);
        reader.start();
        for (Optional<Frame> next = stream.receive(); next.isPresent(); next = stream.receive()) {
            Frame frame = next.get();
            switch (frame.kind()) {
                case OUTPUT -> put(surroundings.out(), frame.payload());
                case ERROR_OUTPUT -> put(surroundings.err(), frame.payload());
                case MESSAGE -> {
                    if (frame.as(StreamMessage.class) instanceof StreamMessage.Exited exited) {
                        return Optional.of(exited.status());
                    }
                }
                case INPUT -> throw new IOException("input came from the side that takes it");
            }
        }
        return Optional.empty();
    }

    void signal(int number) {
        tell(new StreamMessage.Signal(number));
    }

    void resize(WindowSize size) {
        tell(new StreamMessage.Resize(size));
    }

    private void read() {
        byte[] piece = new byte[16 << 10];
        InputStream in = surroundings.in();
        try {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                stream.send(new Frame(Frame.Kind.INPUT, Arrays.copyOf(piece, count)));
            }
        } catch (IOException e) {
            // Either nobody types any more or nobody listens: no more input in both cases.
            tell(new StreamMessage.EndOfInput());
            return;
        }
        tell(new StreamMessage.EndOfInput());
    }

    private void tell(StreamMessage message) {
        try {
            stream.send(Frame.stream(message));
        } catch (IOException e) {
            // The command has ended, which the other thread tells.
            return;
        }
    }

    private static void put(PrintStream to, byte[] bytes) {
        to.write(bytes, 0, bytes.length);
        to.flush();
    }
}
