package io.bulkhead.manager.server;

import io.bulkhead.contract.order.Greeting;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import io.bulkhead.contract.wire.WireException;
import io.bulkhead.manager.console.ConsoleViewer;
import io.bulkhead.manager.enter.Entrance.Entered;
import io.bulkhead.manager.sys.Syscalls;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection, from the greeting to its end, on its own thread. */
final class Session {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final Duration REPLY_DEADLINE = Duration.ofSeconds(10);

    private final FrameChannel channel;
    private final Desk desk;
    private final Greeting greeting;
    private final Syscalls calls;

    Session(FrameChannel channel, Desk desk, Greeting greeting, Syscalls calls) {
        this.channel = channel;
        this.desk = desk;
        this.greeting = greeting;
        this.calls = calls;
    }

    /** Serves until the peer leaves, breaks the protocol or has had its stream. */
    void serve() throws IOException, InterruptedException {
        channel.write(Frame.greeting(greeting), REPLY_DEADLINE);
        try {
            boolean open = true;
            while (open) {
                Optional<Frame> frame = channel.read();
                open = frame.isPresent() && answer(frame.get());
            }
        } catch (WireException e) {
            reply(new Reply.Refused(Problem.of(ProblemCode.PROTOCOL_ERROR, String.valueOf(e.getMessage()))));
        } catch (ClosedChannelException e) {
            LOG.atDebug().log("A connection was closed");
        }
    }

    /** Answers one order; false if the connection is used up. */
    private boolean answer(Frame frame) throws IOException, InterruptedException {
        if (frame.kind() != Frame.Kind.MESSAGE) {
            throw new WireException("an order was expected, a frame of kind " + frame.kind() + " came");
        }
        Json json = JsonReader.read(frame.payload());
        Order order;
        try {
            order = RecordCodec.decode(Order.class, json);
        } catch (WireException e) {
            return reply(new Reply.Refused(Problem.of(ProblemCode.INVALID_REQUEST, String.valueOf(e.getMessage()))));
        }
        try {
            return carryOut(order);
        } catch (Refusal e) {
            return reply(new Reply.Refused(e.problem()));
        } catch (WireException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("order", RecordCodec.typeName(order.getClass()))
                    .setCause(e)
                    .log("An order failed unexpectedly");
            return reply(new Reply.Refused(Problem.of(ProblemCode.FAILED, "the manager failed: " + e)));
        }
    }

    private boolean carryOut(Order order) throws IOException, InterruptedException {
        if (order instanceof Order.OpenConsole open) {
            try (ConsoleViewer viewer = desk.openConsole(open)) {
                reply(new Reply.StreamOpened(viewer.start()));
                new ConsoleStream(channel, viewer).run();
            }
            return false;
        } else if (order instanceof Order.ExecuteCommand command) {
            Entered entered = desk.enter(command);
            new CommandStream(channel, entered, calls).run(() -> reply(new Reply.StreamOpened(0)));
            return false;
        } else if (order instanceof Order.FollowEvents follow) {
            new EventStream(channel, desk.journal()).run(follow.afterSequence(), this::reply);
            return false;
        }
        reply(desk.execute(order));
        if (order instanceof Order.ShutDown) {
            desk.leave();
        }
        return true;
    }

    private boolean reply(Reply reply) throws IOException {
        channel.write(Frame.reply(reply), REPLY_DEADLINE);
        return true;
    }
}
