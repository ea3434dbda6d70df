package io.bulkhead.console.serial.web;

import io.bulkhead.console.protocol.MessageCodec;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.serial.Conversation;
import io.bulkhead.console.serial.ViewerSink;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.http.WebSocketInternal;
import java.nio.ByteBuffer;

/** One viewer by WebSocket: each binary message is one of the protocol. Its queue takes 64 KiB and one message beyond. */
final class WebSocketViewer implements ViewerSink {
    private static final int QUEUE_BYTES = 64 << 10;

    /** How long the last messages may take to reach a client that is sent away. */
    private static final long CLOSE_MILLIS = 2_000;

    private final Vertx vertx;
    private final ServerWebSocket socket;
    private final Conversation conversation;
    private boolean closing;

    WebSocketViewer(
            Vertx vertx, Conversation.Attaching attaching, ServerWebSocket socket, long helloMillis, Runnable gone) {
        this.vertx = vertx;
        this.socket = socket;
        this.conversation = new Conversation(attaching, this);
        long helloTimer = vertx.setTimer(helloMillis, late -> {
            if (!conversation.hasBegun()) {
                conversation.refuse(Problem.of(ProblemCode.TIMED_OUT, "no hello came within " + helloMillis + " ms"));
            }
        });
        socket.setWriteQueueMaxSize(QUEUE_BYTES);
        socket.drainHandler(drained -> conversation.writable());
        socket.binaryMessageHandler(message -> conversation.received(ByteBuffer.wrap(message.getBytes())));
        socket.textMessageHandler(
                text -> conversation.refuse(Problem.of(ProblemCode.PROTOCOL_ERROR, "a message is binary, not text")));
        socket.exceptionHandler(failure -> abort());
        socket.closeHandler(closed -> {
            vertx.cancelTimer(helloTimer);
            closing = true;
            conversation.gone();
            gone.run();
        });
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The close handler tells of the end.
    public void send(ServerMessage message) {
        MessageCodec.Encoded encoded = MessageCodec.encode(message);
        socket.writeFinalBinaryFrame(BufferInternal.buffer(Unpooled.wrappedBuffer(encoded.head(), encoded.data())));
    }

    @Override
    public boolean writable() {
        return !closing && !socket.writeQueueFull();
    }

    @Override
    public void close() {
        if (!closing) {
            closing = true;
            long timer = vertx.setTimer(CLOSE_MILLIS, late -> abort());
            socket.close().onComplete(closed -> vertx.cancelTimer(timer));
        }
    }

    /** Ends it now: a close would wait until the other end has taken all that was written. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void abort() {
        if (socket instanceof WebSocketInternal internal) {
            internal.channelHandlerContext().close();
        } else {
            socket.close();
        }
    }
}
