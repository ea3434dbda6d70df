package io.bulkhead.console.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.contract.order.ProblemCode;
import io.vertx.core.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who is let in by WebSocket, and who must go. */
class WebSocketGateIT extends WebSocketFixture {
    private static final ClientMessage.Hello VIEW = ClientMessage.Hello.view("", Start.now(), LagPolicy.FOLLOW);

    @Override
    long helloMillis() {
        return 300;
    }

    @Test
    void attachesByATicketThatIsGoodOnce() throws Exception {
        assertThat(attach(VIEW).socket().subProtocol()).isEqualTo(PROTOCOL);

        String used = ticket(ANN);
        connect(used, own());
        assertThatThrownBy(() -> connect(used, own())).hasMessageContaining("401");
    }

    @Test
    void refusesOtherOriginsWhateverTicketTheyHave() throws Exception {
        String ticket = ticket(ANN);

        assertThatThrownBy(() -> connect(ticket, "http://evil.example")).hasMessageContaining("403");
    }

    @Test
    void slowsDownWhoGuessesTickets() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> connect("made-up", own())).hasMessageContaining("401");
        }

        assertThatThrownBy(() -> connect("made-up", own())).hasMessageContaining("429");
        connect(ticket(ANN), own());
    }

    @Test
    void closesOnWhoSaysNoHello() throws Exception {
        WebSocket socket = connect(ticket(ANN), own());
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        socket.closeHandler(now -> closed.complete(true));

        assertThat(closed.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void sendsAwayWhoseTokenIsGoodNoMore() throws Exception {
        Client client = attach(VIEW);

        service.admitOnly(caller -> false);

        assertThat(client.next(ServerMessage.Refused.class).code()).isEqualTo(ProblemCode.UNAUTHENTICATED);
        assertThat(client.next(ServerMessage.End.class).comesBack()).isFalse();
        assertThat(onLoop(() -> service.reports().get(0).viewers())).isEmpty();
    }
}
