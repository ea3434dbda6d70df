package io.bulkhead.manager.server;

import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.WireException;
import io.bulkhead.manager.enter.Entrance.Entered;
import io.bulkhead.manager.sys.Syscalls;
import java.io.IOException;
import java.util.Optional;

/**
 * A command over a connection: the connection's thread takes input, signals and sizes, a {@link CommandPump} does the
 * rest. A peer that leaves takes its command with it.
 */
final class CommandStream {
    private static final long LOOK_UP_MILLIS = 1000;
    private static final Frame PING = new Frame(Frame.Kind.OUTPUT, new byte[0]);

    private final FrameChannel channel;
    private final CommandPump pump;

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
            channel.close();
            thread.join();
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
