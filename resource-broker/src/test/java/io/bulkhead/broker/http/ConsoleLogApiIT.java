package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.broker.ConsoleRecords;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Consoles' logs over the wire, with a floor above that gives what the test says. */
class ConsoleLogApiIT extends ApiFixture {
    private final Deque<Optional<byte[]>> pieces = new ArrayDeque<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private volatile Optional<ConsoleRecords.Question> question = Optional.empty();
    private volatile boolean fails;
    private volatile boolean endless;

    @Override
    ConsoleRecords records() {
        return new ConsoleRecords() {
            @Override
            public CompletionStage<Reading> read(PartitionName partition, Question wanted) {
                if (!partition.value().equals("db")) {
                    throw Refusal.of(ProblemCode.NOT_FOUND, "there is no log of a console of '" + partition + "'");
                }
                question = Optional.of(wanted);
                return CompletableFuture.completedFuture(new Pieces(wanted));
            }

            @Override
            public CompletionStage<Json.Obj> verify(PartitionName partition) {
                return CompletableFuture.completedFuture(new Json.Obj(Map.of())
                        .with("segments", Json.of(2))
                        .with("firstSegment", Json.of(1))
                        .with("start", Json.of(0))
                        .with("end", Json.of(9))
                        .with("lostBytes", Json.of(0))
                        .with("hash", Json.of("ab".repeat(32)))
                        .with("holds", Json.of(true)));
            }
        };
    }

    /** Gives the test's pieces, or the same one for ever. */
    private final class Pieces implements ConsoleRecords.Reading {
        private final ConsoleRecords.Question wanted;

        Pieces(ConsoleRecords.Question wanted) {
            this.wanted = wanted;
        }

        @Override
        public String contentType() {
            return switch (wanted.form()) {
                case RAW -> "application/octet-stream";
                case TEXT -> "text/plain; charset=utf-8";
                case ENTRIES -> "application/x-ndjson";
                case ASCIICAST -> "application/x-asciicast";
            };
        }

        @Override
        public CompletionStage<Optional<byte[]>> next() {
            asked.incrementAndGet();
            if (endless) {
                return CompletableFuture.completedFuture(Optional.of(new byte[64 << 10]));
            }
            Optional<byte[]> next = pieces.isEmpty() ? Optional.empty() : pieces.remove();
            return next.isEmpty() && fails
                    ? CompletableFuture.failedFuture(new IllegalStateException("the disk is gone"))
                    : CompletableFuture.completedFuture(next);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private void give(String... texts) {
        for (String text : texts) {
            pieces.add(Optional.of(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void givesALogPieceByPiece() throws Exception {
        give("one\n", "two\n");

        try (SocketChannel client = connect("/v1/consoles/db/log")) {
            assertThat(readAll(client))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("application/octet-stream")
                    .endsWith("4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n");
        }
        assertThat(closed).hasValue(1);
    }

    @Test
    void passesTheQuestionOn() throws Exception {
        ask(
                "GET",
                "/v1/consoles/db/log?form=text&from=5&since=6&until=7&lines=8&bytes=9&timestamps=true&search=a%2Bb&follow=false",
                "");

        assertThat(question)
                .contains(new ConsoleRecords.Question(
                        ConsoleRecords.Form.TEXT,
                        Optional.of(5L),
                        Optional.of(6L),
                        Optional.of(7L),
                        Optional.of(8),
                        Optional.of(9L),
                        true,
                        Optional.of("a+b"),
                        false));
    }

    @Test
    void refusesWhatItDoesNotKnow() throws Exception {
        for (String query :
                List.of("form=html", "from=-1", "lines=1000001", "timestamps=yes", "tail=5", "from=1&from=2")) {
            assertThat(ask("GET", "/v1/consoles/db/log?" + query, "").status())
                    .as(query)
                    .isEqualTo(400);
        }
        assertThat(ask("GET", "/v1/consoles/web/log", "").status()).isEqualTo(404);
        assertThat(ask("GET", "/v1/consoles/..%2fdb/log", "").status()).isEqualTo(400);
        assertThat(ask("PUT", "/v1/consoles/db/log", "").status()).isEqualTo(405);
        assertThat(asked).hasValue(0);
    }

    @Test
    void tellsWhatVerifyingFound() throws Exception {
        RawClient.Answer answer = ask("GET", "/v1/consoles/db/log/verification", "");

        assertThat(answer.json()).containsEntry("holds", Json.of(true));
    }

    @Test
    void cutsTheBodyWhereTheLogCannotBeRead() throws Exception {
        give("one\n");
        fails = true;

        try (SocketChannel client = connect("/v1/consoles/db/log")) {
            String all = readAll(client);
            assertThat(all).contains("one\n").doesNotContain("\r\n0\r\n");
        }
        await().until(() -> closed.get() == 1);
    }

    /** A client that does not read is not read for; one that goes ends the reading. */
    @Test
    void readsNoFasterThanTheClientAndEndsWithIt() throws Exception {
        endless = true;
        int before;
        try (SocketChannel client = connect("/v1/consoles/db/log?follow=true")) {
            await().until(() -> asked.get() > 2);
            int[] seen = {-1};
            await().pollInterval(Duration.ofMillis(200)).until(() -> {
                int last = seen[0];
                seen[0] = asked.get();
                return last == seen[0];
            });
            before = asked.get();
            assertThat(before).isLessThan(100);
            ByteBuffer some = ByteBuffer.allocate(1 << 20);
            while (some.hasRemaining()) {
                client.read(some);
            }
            await().until(() -> asked.get() > before);
            assertThat(ask("GET", "/v1", "").status()).isEqualTo(200);
        }
        await().until(() -> closed.get() == 1);
    }

    private SocketChannel connect(String target) throws Exception {
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
        client.connect(UnixDomainSocketAddress.of(api));
        client.write(ByteBuffer.wrap(("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
        return client;
    }

    private static String readAll(SocketChannel client) throws Exception {
        StringBuilder all = new StringBuilder();
        ByteBuffer piece = ByteBuffer.allocate(8192);
        try {
            while (client.read(piece.clear()) >= 0) {
                all.append(StandardCharsets.UTF_8.decode(piece.flip()));
            }
        } catch (SocketException e) {
            // Reset, which says the same.
            return all.toString();
        }
        return all.toString();
    }
}
