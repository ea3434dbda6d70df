package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.broker.testing.Samples;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Wrong, oversized, truncated and slow input: a clear answer or the end of the connection, and others are served. */
class ApiInputIT extends ApiFixture {
    @Test
    void namesTheAllowedMethods() throws Exception {
        RawClient.Answer answer = ask("PATCH", "/v1/partitions/db", "");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.head()).containsIgnoringCase("allow: GET, PUT, DELETE");
    }

    @Test
    void saysThatThereIsNothing() throws Exception {
        assertThat(ask("GET", "/v2/partitions", "").status()).isEqualTo(404);
        assertThat(ask("GET", "/v1/partitions/db/nothing", "").status()).isEqualTo(404);
        assertThat(ask("GET", "/v1/partitions/", "").status()).isEqualTo(400);
        assertThat(ask("OPTIONS", "*", "").status()).isEqualTo(404);
    }

    @Test
    void namesThePlaceOfAMistake() throws Exception {
        RawClient.Answer broken = ask("PUT", "/v1/partitions/db", "{\"definition\": }");
        RawClient.Answer missing = ask("PUT", "/v1/partitions/db", "{\"definition\":{\"name\":\"db\"}}");
        RawClient.Answer unknown = ask("POST", "/v1/partitions/db/start", "{\"now\":true}");
        RawClient.Answer other = ask("PUT", "/v1/partitions/web", body(Samples.definition("db", 1)));
        RawClient.Answer name = ask("GET", "/v1/partitions/UPPER", "");
        RawClient.Answer parameter = ask("GET", "/v1/partitions?depth=3", "");
        RawClient.Answer twice = ask("GET", "/v1/events?after=1&after=2", "");

        assertThat(List.of(broken, missing, unknown, other, name, parameter, twice))
                .allSatisfy(answer -> assertThat(answer.status()).isEqualTo(400));
        assertThat(broken.text("detail")).isEqualTo("not valid JSON at character 15: a value was expected");
        assertThat(missing.text("detail")).isEqualTo("definition.claim is missing");
        assertThat(unknown.text("detail")).isEqualTo("now is not known here");
        assertThat(other.text("detail")).isEqualTo("definition.name is 'db', the path says 'web'");
        assertThat(name.text("detail")).startsWith("'UPPER' is not a partition name");
        assertThat(parameter.text("detail"))
                .isEqualTo("the parameter 'depth' is not known here; known are cursor, limit");
        assertThat(twice.text("detail")).isEqualTo("the parameter 'after' is there twice");
        assertThat(fake.orders()).isEmpty();
    }

    @Test
    void refusesABodyThatIsAnnouncedTooLarge() throws Exception {
        try (RawClient client = new RawClient(api)) {
            client.send("PUT /v1/partitions/db HTTP/1.1\r\nHost: t\r\nContent-Length: 1048577\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(413);
            assertThat(client.untilClosed()).isEmpty();
        }
        assertStillServes();
    }

    @Test
    void refusesABodyThatTurnsOutTooLarge() throws Exception {
        try (RawClient client = new RawClient(api)) {
            client.send("PUT /v1/partitions/db HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
            for (int i = 0; i < 16; i++) {
                client.send(chunk);
            }
            client.send("1\r\nx\r\n");

            assertThat(client.answer().status()).isEqualTo(413);
            assertThat(client.untilClosed()).isEmpty();
        }
        assertStillServes();
    }

    @Test
    void refusesAHeadThatIsTooLarge() throws Exception {
        try (RawClient client = new RawClient(api)) {
            client.send("GET /v1 HTTP/1.1\r\nHost: t\r\nX: " + "x".repeat(17 << 10) + "\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(413);
        }
        try (RawClient client = new RawClient(api)) {
            client.send("GET /v1/" + "x".repeat(17 << 10) + " HTTP/1.1\r\nHost: t\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(413);
        }
        assertStillServes();
    }

    @Test
    void refusesBytesThatAreNoHttp() throws Exception {
        try (RawClient client = new RawClient(api)) {
            client.send(new byte[] {0, 1, 2, (byte) 0xff, '\r', '\n', '\r', '\n'});

            assertThat(client.untilClosed())
                    .contains(" 400 Bad Request")
                    .contains("urn:bulkhead:problem:protocol-error");
        }
        assertStillServes();
    }

    @Test
    void givesUpOnABodyThatDoesNotCome() throws Exception {
        try (RawClient client = new RawClient(api)) {
            client.send("PUT /v1/partitions/db HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\n{\"def");

            RawClient.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.text("code")).isEqualTo("timed-out");
            assertThat(client.untilClosed()).isEmpty();
        }
        assertThat(fake.orders()).isEmpty();
    }

    @Test
    void closesAConnectionThatNeverAsks() throws Exception {
        try (RawClient client = new RawClient(api)) {
            client.send("GET /v1 HTT");

            assertThat(client.untilClosed()).isEmpty();
        }
    }

    @Test
    void forgetsARequestThatIsCut() throws Exception {
        try (RawClient client = new RawClient(api)) {
            client.send("PUT /v1/partitions/db HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\n{\"def");
        }

        assertStillServes();
        assertThat(fake.orders()).isEmpty();
    }

    @Test
    void servesOnlySoManyConnectionsAtOnce() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < LIMITS.connections(); i++) {
                clients.add(new RawClient(api).send("GET /v1/events HTTP/1.1\r\nHost: t\r\n\r\n"));
                clients.get(i).until("event: manager-started");
            }
            try (RawClient beyond = new RawClient(api)) {
                assertThat(beyond.untilClosed()).isEmpty();
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
        await().ignoreExceptions().untilAsserted(this::assertStillServes);
    }

    @Test
    void answersSeveralRequestsOnOneConnection() throws Exception {
        try (RawClient client = new RawClient(api)) {
            for (int i = 0; i < 3; i++) {
                client.send("GET /livez HTTP/1.1\r\nHost: t\r\n\r\n");
                assertThat(client.answer().status()).isEqualTo(200);
            }
        }
    }
}
