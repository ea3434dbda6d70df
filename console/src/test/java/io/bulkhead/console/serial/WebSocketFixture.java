package io.bulkhead.console.serial;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.Role;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.MessageCodec;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.serial.client.EventLoopThread;
import io.bulkhead.console.serial.web.Origins;
import io.bulkhead.console.serial.web.WebSocketGate;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** The gate on a real socket, with small buffers, in front of a service whose manager is under the test's hand. */
@Timeout(30)
abstract class WebSocketFixture {
    static final String PROTOCOL = "bulkhead.console.v1";
    static final PartitionName DB = new PartitionName("db");
    static final Caller ANN = new Caller("token 1", Optional.of(Role.OPERATOR), Caller.Transport.TCP, "127.0.0.1:1");
    private static final int SOCKET_BUFFER = 32 << 10;

    final FakeLines lines = new FakeLines();
    ConsoleService service;
    WebSocketGate gate;

    private Vertx vertx;
    private HttpServer server;

    /** A client, and what came to it. */
    record Client(WebSocket socket, BlockingQueue<ServerMessage> came) {
        @SuppressWarnings("FutureReturnValueIgnored") // What comes back tells whether it came.
        void say(ClientMessage message) {
            socket.writeBinaryMessage(Buffer.buffer(MessageCodec.encode(message).toBytes()));
        }

        /** The next message. */
        ServerMessage next() throws InterruptedException {
            return Optional.ofNullable(came.poll(10, TimeUnit.SECONDS))
                    .orElseThrow(() -> new AssertionError("nothing came for 10 s"));
        }

        /** The next message of a kind; what comes before is passed over. */
        <T extends ServerMessage> T next(Class<T> kind) throws InterruptedException {
            ServerMessage message = next();
            while (!kind.isInstance(message)) {
                message = next();
            }
            return kind.cast(message);
        }
    }

    @BeforeEach
    void serve() throws Exception {
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        FakeLogs logs = new FakeLogs();
        service = new ConsoleService(new ConsoleService.Parts(
                new EventLoopThread(vertx),
                lines,
                logs,
                logs,
                ConsoleRights.byRole(),
                (caller, verb, partition, problem) -> {},
                name -> CompletableFuture.completedFuture(""),
                options()));
        gate = new WebSocketGate(vertx, service, new Origins(Set.of()));
        server = vertx.createHttpServer(new HttpServerOptions()
                        .addWebSocketSubProtocol(PROTOCOL)
                        .setSendBufferSize(SOCKET_BUFFER))
                .requestHandler(request -> {
                    try {
                        gate.open(DB, Caller.anonymous(Caller.Transport.TCP, "x"), request, helloMillis(), () -> {});
                    } catch (Refusal e) {
                        request.response()
                                .setStatusCode(e.problem().code().httpStatus())
                                .end();
                    }
                });
        get(server.listen(0, "localhost"));
        onLoop(() -> {
            service.start();
            lines.has("db", 0, 0, "one");
            return "";
        });
    }

    @AfterEach
    void end() throws Exception {
        get(vertx.close());
    }

    ConsoleOptions options() {
        return ConsoleOptions.DEFAULT;
    }

    long helloMillis() {
        return 5_000;
    }

    static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** Does something on the service's thread. */
    <T> T onLoop(Supplier<T> work) throws Exception {
        CompletableFuture<T> done = new CompletableFuture<>();
        // Of an event loop there is one.
        vertx.runOnContext(now -> {
            try {
                done.complete(work.get());
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done.get(10, TimeUnit.SECONDS);
    }

    /** The partition puts something out. */
    void put(byte[] bytes) throws Exception {
        onLoop(() -> {
            lines.line().put(bytes);
            return "";
        });
    }

    String ticket(Caller caller) throws Exception {
        return onLoop(() -> gate.ticket(DB, caller).ticket());
    }

    String own() {
        return "http://localhost:" + server.actualPort();
    }

    WebSocket connect(String ticket, String origin) throws Exception {
        return get(vertx.createWebSocketClient(new WebSocketClientOptions()
                        .setReceiveBufferSize(SOCKET_BUFFER)
                        .setMaxFrameSize(64 << 10))
                .connect(new WebSocketConnectOptions()
                        .setHost("localhost")
                        .setPort(server.actualPort())
                        .setURI("/")
                        .addHeader("Origin", origin)
                        .setSubProtocols(List.of(PROTOCOL, "bulkhead.ticket." + ticket))));
    }

    /** A client with a ticket that has said hello, and has been let in. */
    Client attach(ClientMessage.Hello hello) throws Exception {
        Client client = new Client(connect(ticket(ANN), own()), new LinkedBlockingQueue<>());
        client.socket().binaryMessageHandler(message -> client.came()
                .add(MessageCodec.decodeServer(ByteBuffer.wrap(message.getBytes()))));
        client.say(hello);
        client.next(ServerMessage.Opened.class);
        return client;
    }
}
