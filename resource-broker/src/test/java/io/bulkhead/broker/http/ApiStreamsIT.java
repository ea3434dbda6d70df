package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Events, consoles and commands through the API. */
class ApiStreamsIT extends ApiFixture {
    private static final PartitionName DB = new PartitionName("db");

    // ---- events

    @Test
    void givesTheJournalAsItIsNow() throws Exception {
        put(Samples.definition("db", 1));

        String all = ask("GET", "/v1/events?follow=false", "").body();
        String rest = ask("GET", "/v1/events?follow=false&after=1", "").body();

        assertThat(all).startsWith("{\"events\":[{\"sequence\":1,").contains("\"type\":\"manager-started\"");
        assertThat(rest)
                .isEqualTo("{\"events\":[{\"sequence\":2,\"timeMillis\":1001,"
                        + "\"event\":{\"type\":\"partition-defined\",\"partition\":\"db\"}}]}");
    }

    @Test
    void saysSoWhenTheJournalDoesNotComeToItsEnd() throws Exception {
        fake.neverCatchUp();

        assertThat(ask("GET", "/v1/events?follow=false", "").status()).isEqualTo(504);
    }

    @Test
    void refusesToFollowWhereTheManagerIsNot() throws Exception {
        fake.stop();

        assertThat(ask("GET", "/v1/events", "").status()).isEqualTo(503);
    }

    @Test
    void followsEventsAcrossARestartOfTheManager() throws Exception {
        try (RawClient client = new RawClient(api)) {
            client.send("GET /v1/events HTTP/1.1\r\nHost: t\r\n\r\n");
            String first = client.until("manager-started\"");
            fake.stop();
            fake.start();
            fake.record(new Event.PartitionDeleted(DB));
            String all = client.until("partition-deleted\"");

            assertThat(first).containsIgnoringCase("content-type: text/event-stream");
            assertThat(all)
                    .contains("id: 1\nevent: manager-started\ndata: {\"sequence\":1,")
                    .contains("id: 3\nevent: partition-deleted\ndata: ");
            assertThat(all.split("id: 1\n", -1)).hasSize(2);
            client.until(": ping");
        }
    }

    @Test
    void goesOnBehindTheLastEventThatAClientSaw() throws Exception {
        fake.record(new Event.PartitionDeleted(DB));
        try (RawClient client = new RawClient(api)) {
            client.send("GET /v1/events?after=0 HTTP/1.1\r\nHost: t\r\nLast-Event-ID: 1\r\n\r\n");

            assertThat(client.until("partition-deleted\"")).doesNotContain("manager-started");
        }
        await().until(() -> fake.connections() == 0);
    }

    // ---- consoles and commands

    @Test
    void relaysAConsoleBothWays() throws Exception {
        put(Samples.definition("db", 1));
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send(Frame.order(console(3)));
            client.send(input("typed early"));

            assertThat(client.frame().as(Reply.class)).isEqualTo(new Reply.StreamOpened(5));
            assertThat(text(client.frame())).isEqualTo("hhh");
            assertThat(text(client.frame())).isEqualTo("typed early");
            client.send(Frame.stream(new StreamMessage.EndOfInput()));
            client.send(input("later"));
            assertThat(text(client.frame())).isEqualTo("later");
        }
        assertThat(fake.orders()).contains(console(3));
    }

    @Test
    void relaysACommandToItsExit() throws Exception {
        put(Samples.definition("db", 1));
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send(Frame.order(new Order.ExecuteCommand(DB, List.of("cat"), Map.of(), Optional.empty())));
            client.send(input("abc"));
            client.send(Frame.stream(new StreamMessage.EndOfInput()));

            assertThat(client.frame().as(Reply.class)).isInstanceOf(Reply.StreamOpened.class);
            assertThat(text(client.frame())).isEqualTo("got abc");
            assertThat(client.frame().as(StreamMessage.class)).isEqualTo(new StreamMessage.Exited(7));
            assertThat(client.nextFrame()).isEmpty();
        }
    }

    @Test
    void losesNothingForASlowClientAndHoldsLittleOfIt() throws Exception {
        put(Samples.definition("db", 1));
        long history = 300L << 20;
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send(Frame.order(new Order.OpenConsole(DB, "me", false, false, history, false)));
            assertThat(client.frame().as(Reply.class)).isInstanceOf(Reply.StreamOpened.class);
            assertStillServes();
            System.gc();
            long used =
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();

            long received = 0;
            for (Optional<Frame> frame = client.nextFrame(); frame.isPresent(); frame = client.nextFrame()) {
                received += frame.get().payload().length;
            }

            assertThat(received).isEqualTo(history);
            assertThat(used).isLessThan(history / 2);
        }
    }

    @Test
    void losesNothingThatIsTypedFasterThanItIsTaken() throws Exception {
        put(Samples.definition("db", 1));
        int pieces = 400;
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send(Frame.order(console(0)));
            assertThat(client.frame().as(Reply.class)).isInstanceOf(Reply.StreamOpened.class);
            Thread typing = typing(client, pieces);

            for (int i = 0; i < pieces; i++) {
                assertThat(client.frame().payload()).hasSize(Frame.MAX_DATA_BYTES);
            }
            typing.join();
        }
    }

    // ---- refusals and ends

    @Test
    void opensNothingButStreams() throws Exception {
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send(Frame.order(new Order.ShutDown(false)));

            assertThat(refusal(client)).isEqualTo(ProblemCode.NOT_PERMITTED);
            assertThat(client.nextFrame()).isEmpty();
        }
        assertThat(fake.orders()).isEmpty();
    }

    @Test
    void tellsWhyAStreamIsRefusedAndTakesNoOtherOrder() throws Exception {
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send(Frame.order(console(0)));
            client.send(Frame.order(new Order.ShutDown(false)));

            assertThat(refusal(client)).isEqualTo(ProblemCode.NOT_FOUND);
            assertThat(client.nextFrame()).isEmpty();
        }
        assertThat(fake.orders()).containsExactly(console(0));
    }

    @Test
    void closesAStreamWhoseClientSendsOrders() throws Exception {
        put(Samples.definition("db", 1));
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send(Frame.order(console(0)));
            assertThat(client.frame().as(Reply.class)).isInstanceOf(Reply.StreamOpened.class);

            client.send(Frame.order(new Order.ShutDown(false)));

            assertThat(client.nextFrame()).isEmpty();
        }
        assertThat(fake.orders()).doesNotHaveAnyElementsOfTypes(Order.ShutDown.class);
    }

    @Test
    void refusesGarbageInPlaceOfFrames() throws Exception {
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send("this is no frame");

            assertThat(refusal(client)).isEqualTo(ProblemCode.PROTOCOL_ERROR);
            assertThat(client.nextFrame()).isEmpty();
        }
        assertStillServes();
    }

    @Test
    void givesUpOnAStreamWhoseOrderDoesNotCome() throws Exception {
        try (RawClient client = new RawClient(api).upgrade()) {
            assertThat(refusal(client)).isEqualTo(ProblemCode.TIMED_OUT);
            assertThat(client.nextFrame()).isEmpty();
        }
    }

    @Test
    void closesTheManagersEndWhenTheClientGoes() throws Exception {
        put(Samples.definition("db", 1));
        int before = fake.connections();
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send(Frame.order(console(0)));
            assertThat(client.frame().as(Reply.class)).isInstanceOf(Reply.StreamOpened.class);
            assertThat(fake.connections()).isEqualTo(before + 1);
        }

        await().until(() -> fake.connections() == before);
    }

    @Test
    void closesTheClientsEndWhenTheManagerGoes() throws Exception {
        put(Samples.definition("db", 1));
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send(Frame.order(console(0)));
            assertThat(client.frame().as(Reply.class)).isInstanceOf(Reply.StreamOpened.class);

            fake.stop();

            assertThat(client.nextFrame()).isEmpty();
        }
    }

    @Test
    void staysOpenWhileNobodySaysAnything() throws Exception {
        put(Samples.definition("db", 1));
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send(Frame.order(console(0)));
            assertThat(client.frame().as(Reply.class)).isInstanceOf(Reply.StreamOpened.class);
            // A connection that never asks is closed after the idle time: when this one is, so would have been the
            // stream.
            try (RawClient idle = new RawClient(api)) {
                idle.untilClosed();
            }

            client.send(input("still here"));

            assertThat(text(client.frame())).isEqualTo("still here");
        }
    }

    @Test
    void letsAViewerGoWhoseInputNobodyTakes() throws Exception {
        put(Samples.definition("db", 1));
        fake.takeNoInput();
        int before = fake.connections();
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send(Frame.order(console(0)));
            assertThat(client.frame().as(Reply.class)).isInstanceOf(Reply.StreamOpened.class);
            Thread typing = typing(client, 400);
            await().during(Duration.ofMillis(300)).until(typing::isAlive);
        }

        await().until(() -> fake.connections() == before);
    }

    @Test
    void countsAStreamNoLongerWhenItHasEnded() throws Exception {
        put(Samples.definition("db", 1));
        for (int i = 0; i < 2 * LIMITS.connections(); i++) {
            try (RawClient client = new RawClient(api).upgrade()) {
                client.send(Frame.order(console(0)));
                assertThat(client.frame().as(Reply.class)).isInstanceOf(Reply.StreamOpened.class);
            }
        }

        assertStillServes();
    }

    @Test
    void wantsAnUpgradeForStreams() throws Exception {
        RawClient.Answer answer = ask("GET", "/v1/streams", "");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("remedy")).contains("Upgrade: bulkhead-stream/1");
    }

    /** Types large pieces until they are through or the connection is gone. */
    private static Thread typing(RawClient client, int pieces) {
        byte[] piece = new byte[Frame.MAX_DATA_BYTES];
        Thread typing = new Thread(() -> {
            try {
                for (int i = 0; i < pieces; i++) {
                    client.send(new Frame(Frame.Kind.INPUT, piece));
                }
            } catch (IOException e) {
                Thread.currentThread().interrupt();
            }
        });
        typing.start();
        return typing;
    }

    private static ProblemCode refusal(RawClient client) throws IOException {
        return ((Reply.Refused) client.frame().as(Reply.class)).problem().code();
    }

    private static Order.OpenConsole console(long history) {
        return new Order.OpenConsole(DB, "somebody", true, false, history, true);
    }

    private static Frame input(String text) {
        return new Frame(Frame.Kind.INPUT, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Frame frame) {
        return new String(frame.payload(), StandardCharsets.UTF_8);
    }
}
