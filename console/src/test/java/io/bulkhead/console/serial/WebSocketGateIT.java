package io.bulkhead.console.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.Role;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.MessageCodec;
import io.bulkhead.console.protocol.Start;
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
import io.vertx.core.http.WebSocketConnectOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** WebSockets against the gate, with a real client. */
@Timeout(30)
class WebSocketGateIT {
    private static final String PROTOCOL = "bulkhead.console.v1";
    private static final PartitionName DB = new PartitionName("db");
    private static final Caller ANN =
            new Caller("token 1", Optional.of(Role.OPERATOR), Caller.Transport.TCP, "127.0.0.1:1");

    private Vertx vertx;
    private HttpServer server;
    private WebSocketGate gate;

    @BeforeEach
    void serve() throws Exception {
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        FakeLines lines = new FakeLines();
        FakeLogs logs = new FakeLogs();
        ConsoleService service = new ConsoleService(new ConsoleService.Parts(
                new EventLoopThread(vertx), lines, logs, logs, ConsoleRights.byRole(),
                (caller, verb, partition, problem) -> {},
                name -> CompletableFuture.completedFuture(""), ConsoleOptions.DEFAULT));
        gate = new WebSocketGate(vertx, service, new Origins(Set.of()));
        server = vertx.createHttpServer(new HttpServerOptions().addWebSocketSubProtocol(PROTOCOL))
                .requestHandler(request -> {
                    try {
                        gate.open(DB, Caller.anonymous(Caller.Transport.TCP, "x"), request, 5_000, () -> {});
                    } catch (Refusal e) {
                        request.response().setStatusCode(e.problem().code().httpStatus()).end();
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

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private String onLoop(java.util.function.Supplier<String> work) throws Exception {
        CompletableFuture<String> done = new CompletableFuture<>();
        vertx.getOrCreateContext().runOnContext(now -> {
            try {
                done.complete(work.get());
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done.get(10, TimeUnit.SECONDS);
    }

    private WebSocket connect(String ticket, String origin) throws Exception {
        return get(vertx.createWebSocketClient().connect(new WebSocketConnectOptions()
                .setHost("localhost").setPort(server.actualPort()).setURI("/")
                .addHeader("Origin", origin)
                .setSubProtocols(List.of(PROTOCOL, "bulkhead.ticket." + ticket))));
    }

    private String own() {
        return "http://localhost:" + server.actualPort();
    }

    @Test
    void attachesByATicketThatIsGoodOnce() throws Exception {
        String ticket = onLoop(() -> gate.ticket(DB, ANN).ticket());
        WebSocket socket = connect(ticket, own());
        BlockingQueue<Buffer> came = new LinkedBlockingQueue<>();
        socket.binaryMessageHandler(came::add);
        assertThat(socket.subProtocol()).isEqualTo(PROTOCOL);

        socket.writeBinaryMessage(Buffer.buffer(MessageCodec.encode(
                        ClientMessage.Hello.view("", Start.now(), LagPolicy.FOLLOW))
                .toBytes()));

        assertThat((char) came.poll(10, TimeUnit.SECONDS).getByte(0)).isEqualTo('o');
        assertThatThrownBy(() -> connect(ticket, own())).hasMessageContaining("401");
    }

    @Test
    void refusesOtherOriginsWhateverTicketTheyHave() throws Exception {
        String ticket = onLoop(() -> gate.ticket(DB, ANN).ticket());

        assertThatThrownBy(() -> connect(ticket, "http://evil.example")).hasMessageContaining("403");
    }
}
