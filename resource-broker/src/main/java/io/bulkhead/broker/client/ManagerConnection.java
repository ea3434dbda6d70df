package io.bulkhead.broker.client;

import io.bulkhead.contract.order.Greeting;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.WireException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * One connection to the manager: it greets, then answers orders one by one, and may become a stream.
 *
 * <pre>
 *   greeting ──▶ idle ◀──▶ answering ──▶ stream
 *       └──────────┴───────────┴───────────┴──▶ closed
 * </pre>
 *
 * Lives on the event loop of its socket; not to be touched from elsewhere.
 */
final class ManagerConnection {
    private enum State {
        GREETING,
        IDLE,
        ANSWERING,
        STREAM,
        CLOSED
    }

    private final NetSocket socket;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Promise<ManagerConnection> greeted = Promise.promise();
    /** Frames of a stream that nobody has taken yet; bounded, because the socket is paused meanwhile. */
    private final Deque<Frame> waiting = new ArrayDeque<>();

    private State state = State.GREETING;
    private Optional<Promise<Reply>> answer = Optional.empty();
    private Optional<FrameHandler> streamHandler = Optional.empty();
    private boolean paused;
    private Runnable closeHandler = () -> {};

    /** Takes the frames of a stream. */
    interface FrameHandler {
        void frame(Frame frame);
    }

    ManagerConnection(NetSocket socket) {
        this.socket = socket;
        socket.handler(this::received);
        socket.exceptionHandler(failure -> close());
        // The end comes behind all data, and waits while the socket is paused; the close would overtake it.
        socket.endHandler(ended -> close());
    }

    /** Completes when the manager has greeted in our protocol. */
    Future<ManagerConnection> greeted() {
        return greeted.future();
    }

    boolean isOpen() {
        return state != State.CLOSED;
    }

    /** Is run once, when the connection is gone. */
    void onClose(Runnable handler) {
        closeHandler = handler;
        if (state == State.CLOSED) {
            handler.run();
        }
    }

    /** Gives an order; only one at a time. Fails with {@link Refusal} when the connection breaks before the reply. */
    Future<Reply> ask(Order order) {
        if (state == State.CLOSED) {
            return Future.failedFuture(broken());
        }
        if (state != State.IDLE) {
            throw new IllegalStateException("an order is given in state " + state);
        }
        Promise<Reply> promise = Promise.promise();
        answer = Optional.of(promise);
        state = State.ANSWERING;
        socket.write(Wire.bufferOf(Frame.order(order)));
        return promise.future();
    }

    // ---- as a stream

    /** Takes the frames of the stream from now on, those first that have come already. */
    void onFrame(FrameHandler handler) {
        streamHandler = Optional.of(handler);
        deliver();
    }

    void pause() {
        paused = true;
        socket.pause();
    }

    void resume() {
        paused = false;
        deliver();
        if (!paused) {
            socket.resume();
        }
    }

    Future<Void> write(Frame frame) {
        return socket.write(Wire.bufferOf(frame));
    }

    boolean writeQueueFull() {
        return socket.writeQueueFull();
    }

    void onDrain(Runnable handler) {
        socket.drainHandler(drained -> handler.run());
    }

    /** Ends the connection at once; what the manager has not yet taken is lost. */
    void close() {
        Wire.abort(socket);
        closed();
    }

    // ---- what comes

    private void received(Buffer piece) {
        try {
            for (Frame frame : Wire.feed(decoder, piece)) {
                take(frame);
            }
        } catch (WireException e) {
            fail(new Refusal(
                    Problem.of(
                            ProblemCode.PROTOCOL_ERROR,
                            "the manager is not understood: " + e.getMessage(),
                            "run the manager and the control plane of one release"),
                    e));
        }
    }

    private void take(Frame frame) {
        switch (state) {
            case GREETING -> greet(frame);
            case ANSWERING -> reply(frame);
            case STREAM -> {
                waiting.add(frame);
                deliver();
            }
            case IDLE -> throw new WireException("a frame came that nobody asked for");
            case CLOSED -> {
                // What comes after the end is of no interest.
            }
        }
    }

    private void greet(Frame frame) {
        // A peer that may not connect is told so instead of being greeted.
        if (isReply(frame)) {
            Reply reply = frame.as(Reply.class);
            if (reply instanceof Reply.Refused refused) {
                fail(new Refusal(refused.problem()));
                return;
            }
        }
        Greeting greeting = frame.as(Greeting.class);
        if (greeting.protocol() != Greeting.PROTOCOL) {
            throw new WireException("it speaks protocol " + greeting.protocol() + ", not " + Greeting.PROTOCOL);
        }
        state = State.IDLE;
        greeted.tryComplete(this);
    }

    private static boolean isReply(Frame frame) {
        return frame.kind() == Frame.Kind.MESSAGE
                && JsonReader.read(new String(frame.payload(), StandardCharsets.UTF_8)) instanceof Json.Obj object
                && object.members().containsKey("type");
    }

    private void reply(Frame frame) {
        Reply reply = frame.as(Reply.class);
        Promise<Reply> promise = answer.orElseThrow();
        answer = Optional.empty();
        if (reply instanceof Reply.StreamOpened) {
            state = State.STREAM;
            // Nobody takes the stream's frames until its handler is set.
            pause();
        } else {
            state = State.IDLE;
        }
        promise.complete(reply);
    }

    private void deliver() {
        while (!paused && streamHandler.isPresent() && !waiting.isEmpty()) {
            streamHandler.get().frame(waiting.remove());
        }
    }

    // ---- the end

    private void fail(Refusal refusal) {
        greeted.tryFail(refusal);
        answer.ifPresent(promise -> promise.tryFail(refusal));
        close();
    }

    private void closed() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        greeted.tryFail(Refusal.of(ProblemCode.UNREACHABLE, "the manager closed the connection instead of greeting"));
        answer.ifPresent(promise -> promise.tryFail(broken()));
        closeHandler.run();
    }

    private static Refusal broken() {
        return Refusal.of(
                ProblemCode.UNREACHABLE,
                "the connection to the manager broke before it answered; whether the order was carried out is unknown",
                "ask for the partition's state");
    }
}
