package io.bulkhead.console.serial.http;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.client.Wire;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.MessageCodec;
import io.bulkhead.console.protocol.MessageSplitter;
import io.bulkhead.console.protocol.ProtocolException;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.serial.ConsoleService;
import io.bulkhead.console.serial.Viewer;
import io.bulkhead.console.serial.ViewerSink;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One viewer on an upgraded connection: messages behind their lengths, both ways. Its socket's queue takes 64 KiB and one
 * message beyond; a client that reads nothing holds no more than that.
 */
final class SocketAttachment implements ViewerSink {
    private static final int QUEUE_BYTES = 64 << 10;

    /** How long the last messages may take to reach a client that is sent away. */
    private static final long CLOSE_MILLIS = 2_000;

    private final Vertx vertx;
    private final ConsoleService service;
    private final PartitionName name;
    private final Caller caller;
    private final NetSocket socket;
    private final MessageSplitter splitter = new MessageSplitter();
    private final long helloTimer;
    private Optional<Viewer> viewer = Optional.empty();
    private boolean closing;

    SocketAttachment(
            Vertx vertx,
            ConsoleService service,
            PartitionName name,
            Caller caller,
            NetSocket socket,
            long helloMillis,
            Runnable gone) {
        this.vertx = vertx;
        this.service = service;
        this.name = name;
        this.caller = caller;
        this.socket = socket;
        this.helloTimer = vertx.setTimer(
                helloMillis,
                late -> refuse(Problem.of(ProblemCode.TIMED_OUT, "no hello came within " + helloMillis + " ms")));
        socket.setWriteQueueMaxSize(QUEUE_BYTES);
        socket.drainHandler(drained -> viewer.ifPresent(Viewer::writable));
        socket.handler(this::received);
        socket.exceptionHandler(failure -> Wire.abort(socket));
        // A client that only ends its half is gone too: nothing more can be said by it, credit neither.
        socket.endHandler(end -> Wire.abort(socket));
        socket.closeHandler(closed -> {
            vertx.cancelTimer(helloTimer);
            closing = true;
            viewer.ifPresent(each -> each.detach(""));
            gone.run();
        });
    }

    private void received(Buffer piece) {
        try {
            for (ByteBuffer message : splitter.feed(ByteBuffer.wrap(piece.getBytes()))) {
                if (closing) {
                    return;
                }
                take(MessageCodec.decodeClient(message));
            }
        } catch (ProtocolException e) {
            refuse(Problem.of(ProblemCode.PROTOCOL_ERROR, String.valueOf(e.getMessage())));
        } catch (Refusal e) {
            refuse(e.problem());
        }
    }

    private void take(ClientMessage message) {
        if (viewer.isPresent()) {
            viewer.get().receive(message);
        } else if (message instanceof ClientMessage.Hello hello) {
            vertx.cancelTimer(helloTimer);
            viewer = Optional.of(service.attach(name, caller, hello, this));
        } else {
            throw new ProtocolException("the first message is a hello");
        }
    }

    private void refuse(Problem problem) {
        if (!closing) {
            vertx.cancelTimer(helloTimer);
            viewer.ifPresent(each -> each.detach(problem.detail()));
            send(new ServerMessage.Refused(
                    problem.code(), problem.detail(), problem.remedy().orElse("")));
            close();
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The close handler tells of the end.
    public void send(ServerMessage message) {
        MessageCodec.Encoded encoded = MessageCodec.encode(message);
        socket.write(BufferInternal.buffer(
                Unpooled.wrappedBuffer(MessageSplitter.prefix(encoded.length()), encoded.head(), encoded.data())));
    }

    @Override
    public boolean writable() {
        return !closing && !socket.writeQueueFull();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored")
    public void close() {
        if (!closing) {
            closing = true;
            long timer = vertx.setTimer(CLOSE_MILLIS, late -> Wire.abort(socket));
            socket.close().onComplete(closed -> vertx.cancelTimer(timer));
        }
    }
}
