package io.bulkhead.manager.server;

import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.WireException;
import io.bulkhead.manager.enter.Entrance.Entered;
import io.bulkhead.manager.sys.Syscalls;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command over a connection: the connection's thread takes input, signals and sizes, a {@link CommandPump} does the
 * rest. A peer that leaves takes its command with it.
 */
final class CommandStream {
    private static final Logger LOG = LoggerFactory.getLogger(CommandStream.class);
    private static final long LOOK_UP_MILLIS = 1000;

    /** How long a peer may take to leave after the last frame. */
    private static final long LINGER_MILLIS = 2000;

    private static final Frame PING = new Frame(Frame.Kind.OUTPUT, new byte[0]);

    private final FrameChannel channel;
    private final CommandPump pump;
    private final CountDownLatch left = new CountDownLatch(1);

    /** @param command becomes owned */
    CommandStream(FrameChannel channel, Entered command, Syscalls calls) {
        this.channel = channel;
        this.pump = new CommandPump(command, calls, channel::write);
    }

    /** Says that the stream is open. */
    interface Opening {
        void say() throws IOException;
    }

    void run(Opening opening) throws IOException, InterruptedException {
        Thread thread = new Thread(
                () -> {
                    try {
                        pump.run();
                    } finally {
                        channel.endOutput();
                        awaitLeaving();
                        channel.close();
                    }
                },
                "command");
        thread.setDaemon(true);
        try {
            opening.say();
        } catch (IOException e) {
            pump.hangUp();
            throw e;
        } finally {
            thread.start();
        }
        try {
            Optional<Frame> frame = channel.read();
            while (frame.isPresent()) {
                take(frame.get());
                frame = channel.read();
            }
        } finally {
            pump.hangUp();
            left.countDown();
            channel.close();
            thread.join();
        }
    }

    private void awaitLeaving() {
        try {
            if (!left.await(LINGER_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.atDebug().log("The peer of a command does not leave");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(Frame frame) throws IOException, InterruptedException {
        if (frame.kind() == Frame.Kind.INPUT) {
            while (!pump.offer(frame.payload(), LOOK_UP_MILLIS)) {
                // While the command does not read, we do not either, and would not notice the peer's leaving.
                channel.write(PING);
            }
            return;
        }
        StreamMessage message = frame.as(StreamMessage.class);
        if (message instanceof StreamMessage.EndOfInput) {
            pump.endInput();
        } else if (message instanceof StreamMessage.Resize resize) {
            pump.resize(resize.size());
        } else if (message instanceof StreamMessage.Signal signal) {
            pump.signal(signal.number());
        } else {
            throw new WireException("a command takes input, its end, sizes and signals only");
        }
    }
}
