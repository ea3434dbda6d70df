package io.bulkhead.console.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.lease.LeaseOptions;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How much a viewer by WebSocket is given, and when it counts as gone. */
class WebSocketViewerIT extends WebSocketFixture {
    private static final int MOST_CREDIT = 4 << 20;
    private static final int PIECE = 64 << 10;

    /** So that time does not have to be waited for long; the service looks every second. */
    @Override
    ConsoleOptions options() {
        return new ConsoleOptions(1 << 20, 8, LeaseOptions.DEFAULT, 500, 2_500, Map.of());
    }

    private static ClientMessage.Hello view(LagPolicy policy, int credit) {
        return ClientMessage.Hello.view("", Start.now(), policy).raw(true).crediting(credit);
    }

    @Test
    void givesAsMuchAsThereIsCreditForAndNoMore() throws Exception {
        Client client = attach(view(LagPolicy.COMPLETE, 1_000));

        put(new byte[2_500]);
        assertThat(outputOf(client, 1_000)).isEqualTo(1_000);
        // What would come beyond it would come before this.
        client.say(new ClientMessage.Ping(7));
        assertThat(client.next()).isEqualTo(new ServerMessage.Pong(7));

        client.say(new ClientMessage.Credit(600));
        assertThat(outputOf(client, 600)).isEqualTo(600);
        client.say(new ClientMessage.Ping(8));
        assertThat(client.next()).isEqualTo(new ServerMessage.Pong(8));
    }

    private static int outputOf(Client client, int atLeast) throws InterruptedException {
        int bytes = 0;
        while (bytes < atLeast) {
            bytes += client.next(ServerMessage.Output.class).bytes().remaining();
        }
        return bytes;
    }

    @Test
    void keepsLittleForWhoReadsNothingAndHoldsNobodyUp() throws Exception {
        Client stalled = attach(view(LagPolicy.FOLLOW, MOST_CREDIT));
        Client other = attach(view(LagPolicy.COMPLETE, MOST_CREDIT));
        stalled.socket().pause();
        int pieces = 40;

        long read = 0;
        for (int i = 0; i < pieces; i++) {
            put(new byte[PIECE]);
            read += outputOf(other, PIECE);
        }

        assertThat(read).isEqualTo((long) pieces * PIECE);
        // There was credit for all of it: it is its connection that takes no more.
        ConsoleReport.Looking seen =
                onLoop(() -> service.reports().get(0).viewers().get(0));
        assertThat(seen.delivered()).isLessThan(1 << 20);

        stalled.socket().resume();
        ServerMessage.Gap gap = stalled.next(ServerMessage.Gap.class);
        assertThat(gap.to() - gap.from()).isGreaterThan(PIECE);
        ServerMessage.Output after = stalled.next(ServerMessage.Output.class);
        assertThat(after.offset()).isEqualTo(gap.to());
    }

    @Test
    void sendsAwayWhoSaysNothingToAPingAndKeepsWhoAnswers() throws Exception {
        Client silent = attach(view(LagPolicy.FOLLOW, 0));
        Client answering = attach(view(LagPolicy.FOLLOW, 0));
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        silent.socket().closeHandler(now -> closed.complete(true));

        for (int i = 0; i < 4; i++) {
            answering.say(new ClientMessage.Pong(
                    answering.next(ServerMessage.Ping.class).number()));
        }

        assertThat(silent.next(ServerMessage.Ping.class)).isNotNull();
        assertThat(silent.next(ServerMessage.End.class).comesBack()).isTrue();
        assertThat(closed.get(10, TimeUnit.SECONDS)).isTrue();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> onLoop(() -> service.reports().get(0).viewers().size()) == 1);
    }
}
