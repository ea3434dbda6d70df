package io.bulkhead.console.serial.http;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.client.Wire;
import io.bulkhead.console.protocol.MessageCodec;
import io.bulkhead.console.protocol.MessageSplitter;
import io.bulkhead.console.protocol.ProtocolException;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.serial.ConsoleService;
import io.bulkhead.console.serial.Conversation;
import io.bulkhead.console.serial.ViewerSink;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.PartitionName;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;

/**
 * One viewer on an upgraded connection: messages behind their lengths, both ways. Its socket's queue takes 64 KiB and one
 * message beyond; a client that reads nothing holds no more than that.
 */
final class SocketAttachment implements ViewerSink {
    private static final int QUEUE_BYTES = 64 << 10;

    /** How long the last messages may take to reach a client that is sent away. */
    private static final long CLOSE_MILLIS = 2_000;

    private final Vertx vertx;
    private final NetSocket socket;
    private final MessageSplitter splitter = new MessageSplitter();
    private final Conversation conversation;
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
        this.socket = socket;
        this.conversation = new Conversation((hello, sink) -> service.attach(name, caller, hello, sink), this);
        long helloTimer = vertx.setTimer(helloMillis, late -> {
            if (!conversation.hasBegun()) {
                refuse(Problem.of(ProblemCode.TIMED_OUT, "no hello came within " + helloMillis + " ms"));
            }
        });
        socket.setWriteQueueMaxSize(QUEUE_BYTES);
        socket.drainHandler(drained -> conversation.writable());
        socket.handler(this::received);
        socket.exceptionHandler(failure -> Wire.abort(socket));
        // A client that only ends its half is gone too: nothing more can be said by it, credit neither.
        socket.endHandler(end -> Wire.abort(socket));
        socket.closeHandler(closed -> {
            vertx.cancelTimer(helloTimer);
            closing = true;
            conversation.gone();
            gone.run();
        });
    }

    private void received(Buffer piece) {
        try {
            for (ByteBuffer message : splitter.feed(ByteBuffer.wrap(piece.getBytes()))) {
                if (closing) {
                    return;
                }
                conversation.received(message);
            }
        } catch (ProtocolException e) {
            refuse(Problem.of(ProblemCode.PROTOCOL_ERROR, String.valueOf(e.getMessage())));
        }
    }

    private void refuse(Problem problem) {
        if (!closing) {
            conversation.refuse(problem);
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
