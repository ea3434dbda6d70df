package io.bulkhead.broker.http;

import io.bulkhead.broker.Refusals;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.broker.client.ManagerStream;
import io.bulkhead.broker.client.Wire;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import io.bulkhead.contract.wire.WireException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins one client's connection to one stream of the manager.
 *
 * <p>The client's first frame is its order: a console, a command or the events, nothing else. After the manager has
 * opened the stream, frames go both ways, each way only as fast as its receiver takes them, and only such that belong on
 * a stream go to the manager. When one side ends, what is under way still goes to the other, which is then closed.
 *
 * <p>Lives on the event loop of the client's connection, and owns both ends.
 */
final class StreamRelay {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRelay.class);

    /** How long what a client has sent may take to reach the manager after the client has gone. */
    private static final long LAST_INPUT_MILLIS = 2_000;

    private final Vertx vertx;
    private final ManagerClient manager;
    private final NetSocket client;
    private final StreamPermit permit;
    private final FrameDecoder decoder = new FrameDecoder();
    /** Frames that came behind the order, before the manager had opened the stream. */
    private final Deque<Frame> early = new ArrayDeque<>();

    private final long orderTimer;
    private boolean ordered;
    private boolean ended;
    private Optional<ManagerStream> stream = Optional.empty();
    private Future<Void> lastToClient = Future.succeededFuture();
    private Future<Void> lastToManager = Future.succeededFuture();

    /**
     * Begins to wait for the order.
     *
     * @param client freshly upgraded
     * @param orderMillis how long the order may take to come
     * @param permit says what the client may open
     * @param gone is run when the client's connection is no more
     */
    StreamRelay(
            Vertx vertx,
            ManagerClient manager,
            NetSocket client,
            long orderMillis,
            StreamPermit permit,
            Runnable gone) {
        this.vertx = vertx;
        this.manager = manager;
        this.client = client;
        this.permit = permit;
        this.orderTimer = vertx.setTimer(
                orderMillis,
                late -> refuse(Problem.of(ProblemCode.TIMED_OUT, "no order came within " + orderMillis + " ms")));
        client.handler(this::received);
        client.endHandler(end -> clientEnded());
        client.closeHandler(closed -> {
            gone.run();
            clientClosed();
        });
    }

    // ---- from the client

    private void received(Buffer piece) {
        try {
            for (Frame frame : Wire.feed(decoder, piece)) {
                if (!ordered) {
                    ordered = true;
                    vertx.cancelTimer(orderTimer);
                    order(frame);
                } else if (stream.isPresent()) {
                    toManager(stream.get(), frame);
                } else {
                    early.add(frame);
                }
            }
        } catch (WireException e) {
            broken(e);
        }
    }

    private void order(Frame frame) {
        Order order = frame.as(Order.class);
        if (!ManagerClient.opensStream(order)) {
            refuse(Problem.of(
                    ProblemCode.NOT_PERMITTED,
                    order.getClass().getSimpleName() + " opens no stream",
                    "use the API's own resource for it"));
            return;
        }
        Optional<Problem> forbidden = permit.refusal(order);
        if (forbidden.isPresent()) {
            refuse(forbidden.get());
            return;
        }
        // Nothing more is read before there is somebody to take it.
        client.pause();
        manager.openStream(order)
                .onSuccess(opened -> {
                    permit.opened(order);
                    join(opened);
                })
                .onFailure(failure -> {
                    Problem problem = Refusals.of(failure).problem();
                    permit.failed(order, problem);
                    refuse(problem);
                });
    }

    private void toManager(ManagerStream to, Frame frame) {
        if (frame.kind() == Frame.Kind.MESSAGE) {
            frame.as(StreamMessage.class);
        } else if (frame.kind() != Frame.Kind.INPUT) {
            throw new WireException("a client sends no frames of kind " + frame.kind());
        }
        lastToManager = to.write(frame);
        if (to.writeQueueFull()) {
            client.pause();
            to.onDrain(client::resume);
        }
    }

    /** Before the stream is open the client can be told what is wrong; on a stream there is no word for it. */
    private void broken(WireException e) {
        if (stream.isEmpty()) {
            refuse(Problem.of(ProblemCode.PROTOCOL_ERROR, String.valueOf(e.getMessage())));
        } else {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("Closed a stream whose client broke the protocol");
            Wire.abort(client);
            clientEnded();
        }
    }

    /** All that the client will ever send has been read. */
    private void clientEnded() {
        vertx.cancelTimer(orderTimer);
        ended = true;
        stream.ifPresent(open -> lastToManager.onComplete(sent -> open.close()));
    }

    /**
     * The client's connection is no more, though its last input may still be held up here: a console that takes no
     * input must not keep the viewer, and its right to write, for ever.
     */
    private void clientClosed() {
        vertx.cancelTimer(orderTimer);
        vertx.setTimer(LAST_INPUT_MILLIS, late -> {
            ended = true;
            stream.ifPresent(ManagerStream::close);
        });
    }

    // ---- from the manager

    private void join(ManagerStream opened) {
        if (ended) {
            opened.close();
            return;
        }
        stream = Optional.of(opened);
        client.write(Wire.bufferOf(Frame.reply(new Reply.StreamOpened(opened.offset()))));
        opened.start(frame -> toClient(opened, frame), this::managerEnded);
        try {
            while (!early.isEmpty()) {
                toManager(opened, early.remove());
            }
            if (!opened.writeQueueFull()) {
                client.resume();
            }
        } catch (WireException e) {
            broken(e);
        }
    }

    private void toClient(ManagerStream from, Frame frame) {
        lastToClient = client.write(Wire.bufferOf(frame));
        if (client.writeQueueFull()) {
            from.pause();
            client.drainHandler(drained -> from.resume());
        }
    }

    private void managerEnded() {
        lastToClient.onComplete(sent -> client.close());
    }

    private void refuse(Problem problem) {
        vertx.cancelTimer(orderTimer);
        client.write(Wire.bufferOf(Frame.reply(new Reply.Refused(problem)))).onComplete(sent -> client.close());
    }
}
