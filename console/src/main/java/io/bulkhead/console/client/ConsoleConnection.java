package io.bulkhead.console.client;

import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.MessageCodec;
import io.bulkhead.console.protocol.MessageSplitter;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * One attachment to a console. One thread receives, any thread sends; closing from another thread ends both.
 */
public final class ConsoleConnection implements AutoCloseable {
    private final SocketChannel channel;
    private final MessageSplitter splitter = new MessageSplitter();
    private final Deque<ByteBuffer> received = new ArrayDeque<>();
    private final ByteBuffer piece = ByteBuffer.allocate(64 << 10);
    private final Object sending = new Object();

    ConsoleConnection(SocketChannel channel, ByteBuffer alreadyRead) {
        this.channel = channel;
        received.addAll(splitter.feed(alreadyRead));
    }

    /** Says hello, and waits for the answer; a {@link Refusal} where it is one. */
    ServerMessage.Opened open(ClientMessage.Hello hello) throws IOException {
        send(hello);
        ServerMessage answer = receive()
                .orElseThrow(() -> new Refusal(
                        Problem.of(ProblemCode.UNREACHABLE, "the control plane closed the console before it began")));
        if (answer instanceof ServerMessage.Opened opened) {
            return opened;
        } else if (answer instanceof ServerMessage.Refused refused) {
            throw new Refusal(problem(refused));
        }
        throw Refusal.of(ProblemCode.PROTOCOL_ERROR, "the console began with an unexpected " + answer);
    }

    /** What was refused, as a problem. */
    public static Problem problem(ServerMessage.Refused refused) {
        return refused.remedy().isEmpty()
                ? Problem.of(refused.code(), refused.detail())
                : Problem.of(refused.code(), refused.detail(), refused.remedy());
    }

    /** Sends a message, waiting for room. */
    public void send(ClientMessage message) throws IOException {
        MessageCodec.Encoded encoded = MessageCodec.encode(message);
        ByteBuffer[] all = {MessageSplitter.prefix(encoded.length()), encoded.head(), encoded.data()};
        synchronized (sending) {
            while (all[0].hasRemaining() || all[1].hasRemaining() || all[2].hasRemaining()) {
                channel.write(all);
            }
        }
    }

    /** Waits for the next message; empty when the connection has ended. Pings are answered here. */
    public Optional<ServerMessage> receive() throws IOException {
        while (true) {
            while (received.isEmpty()) {
                piece.clear();
                if (readPiece() < 0) {
                    return Optional.empty();
                }
                received.addAll(splitter.feed(piece.flip()));
            }
            ServerMessage message = MessageCodec.decodeServer(received.remove());
            if (message instanceof ServerMessage.Ping ping) {
                send(new ClientMessage.Pong(ping.number()));
            } else {
                return Optional.of(message);
            }
        }
    }

    private int readPiece() throws IOException {
        try {
            return channel.read(piece);
        } catch (SocketException e) {
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
