package io.bulkhead.manager.server;

import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.WireException;
import io.bulkhead.manager.console.ConsoleOutput;
import io.bulkhead.manager.console.ConsoleViewer;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A console over a connection: the connection's thread takes what is typed, another one sends what comes. */
final class ConsoleStream {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleStream.class);
    private static final Duration LOOK_UP = Duration.ofSeconds(1);
    private static final Frame PING = new Frame(Frame.Kind.OUTPUT, new byte[0]);

    private final FrameChannel channel;
    private final ConsoleViewer viewer;

    ConsoleStream(FrameChannel channel, ConsoleViewer viewer) {
        this.channel = channel;
        this.viewer = viewer;
    }

    void run() throws IOException, InterruptedException {
        Thread output = new Thread(this::sendOutput, "console-output");
        output.setDaemon(true);
        output.start();
        try {
            Optional<Frame> frame = channel.read();
            while (frame.isPresent()) {
                take(frame.get());
                frame = channel.read();
            }
        } finally {
            viewer.close();
            channel.close();
            output.join();
        }
    }

    private void take(Frame frame) throws IOException, InterruptedException {
        if (frame.kind() == Frame.Kind.INPUT) {
            type(frame.payload());
        } else if (frame.as(StreamMessage.class) instanceof StreamMessage.Resize resize) {
            viewer.resize(resize.size());
        } else {
            throw new WireException("a console takes input and resizes only");
        }
    }

    private void type(byte[] bytes) throws IOException, InterruptedException {
        int done = 0;
        while (done < bytes.length) {
            int count = viewer.type(bytes, done, LOOK_UP);
            if (count == 0) {
                // While the partition does not read, we do not either, and would not notice the peer's leaving.
                channel.write(PING);
            }
            done += count;
        }
    }

    private void sendOutput() {
        try {
            boolean more = true;
            while (more) {
                Optional<ConsoleOutput> next = viewer.next(LOOK_UP);
                if (next.isPresent()) {
                    more = send(next.get());
                }
            }
        } catch (IOException e) {
            LOG.atDebug()
                    .addKeyValue("viewer", viewer.name())
                    .addKeyValue("reason", e)
                    .log("A viewer has left");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            channel.close();
        }
    }

    private boolean send(ConsoleOutput output) throws IOException {
        if (output instanceof ConsoleOutput.Bytes bytes) {
            channel.write(new Frame(Frame.Kind.OUTPUT, bytes.data()));
        } else if (output instanceof ConsoleOutput.Missed missed) {
            channel.write(Frame.stream(new StreamMessage.Gap(missed.from(), missed.to())));
        } else if (output instanceof ConsoleOutput.Marked marked) {
            channel.write(Frame.stream(marked.mark()));
        } else if (output instanceof ConsoleOutput.WriterChanged changed) {
            channel.write(Frame.stream(new StreamMessage.WriterChanged(changed.writer())));
        }
        return !(output instanceof ConsoleOutput.End);
    }
}
