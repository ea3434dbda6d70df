package io.bulkhead.console.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ApiClientTest {
    private static final Order EVENTS = new Order.FollowEvents(5);

    private FakeApi api;
    private ApiClient client;

    @TempDir
    private Path directory;

    @BeforeEach
    void serve() throws IOException {
        api = new FakeApi(directory.resolve("api.sock"));
        client = new ApiClient(directory.resolve("api.sock"));
    }

    @AfterEach
    void end() throws IOException {
        api.close();
    }

    @Test
    void sendsABodyAndReadsTheAnswer() {
        api.answer("PUT /v1/x", Json.of(7));

        Json answer = client.put("/v1/x", new Json.Obj(Map.of("a", Json.of(true))));

        assertThat(answer).isEqualTo(Json.of(7));
        assertThat(api.requests()).containsExactly("PUT /v1/x {\"a\":true}");
    }

    @Test
    void readsChunkedBodiesAndBodiesUpToTheEnd() {
        api.bytes(
                "GET /chunked",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n3;x=y\r\n,2]\r\n0\r\n\r\n");
        api.bytes("GET /rest", "HTTP/1.1 200 OK\r\n\r\n[1,2]");

        assertThat(client.get("/chunked")).hasToString("[1,2]");
        assertThat(client.get("/rest")).hasToString("[1,2]");
    }

    @Test
    void turnsAProblemDocumentIntoARefusal() {
        api.refuse(
                "GET /v1/x", 409, Samples.problem("not-enough-resources", "no CPU", "stop db", "CPU 1 is held by db"));

        Problem problem = refusal(() -> client.get("/v1/x"));

        assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENOUGH_RESOURCES);
        assertThat(problem.detail()).isEqualTo("no CPU");
        assertThat(problem.remedy()).contains("stop db");
        assertThat(problem.holders()).containsExactly("CPU 1 is held by db");
    }

    @Test
    void saysUnreachableWhereNobodyListensOrTheAnswerIsCut() {
        api.bytes("GET /cut", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");

        assertThat(refusal(() -> new ApiClient(directory.resolve("none")).get("/v1"))
                        .code())
                .isEqualTo(ProblemCode.UNREACHABLE);
        assertThat(refusal(() -> client.get("/cut")).code()).isEqualTo(ProblemCode.UNREACHABLE);
    }

    @Test
    void saysFailedWhereAnErrorIsNoProblemDocument() {
        api.raw("GET /v1/x", "HTTP/1.1 502 Bad\r\n", "<html>");

        assertThat(refusal(() -> client.get("/v1/x")).detail()).contains("502");
    }

    @Test
    void carriesFramesBothWaysOnAStream() throws IOException {
        api.stream((order, stream) -> {
            stream.send(Frame.reply(new Reply.StreamOpened(42)));
            stream.receive().ifPresent(frame -> echo(stream, frame));
        });

        try (FrameStream stream = client.openStream(EVENTS)) {
            stream.send(new Frame(Frame.Kind.INPUT, new byte[] {'h', 'i'}));
            Optional<Frame> answer = stream.receive();

            assertThat(stream.offset()).isEqualTo(42);
            assertThat(answer.map(frame -> new String(frame.payload(), StandardCharsets.UTF_8)))
                    .contains("hi");
            assertThat(stream.receive()).isEmpty();
        }
    }

    private static void echo(FakeApi.Stream stream, Frame frame) {
        try {
            stream.send(new Frame(Frame.Kind.OUTPUT, frame.payload()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void throwsWhatAStreamIsRefusedWith() {
        Problem refused = Problem.of(ProblemCode.WRONG_STATE, "db does not run");
        api.stream((order, stream) -> stream.send(Frame.reply(new Reply.Refused(refused))));

        Problem problem = refusal(
                () -> client.openStream(new Order.OpenConsole(new PartitionName("db"), "me", true, false, 0, true)));

        assertThat(problem).isEqualTo(refused);
    }

    @Test
    void saysUnreachableWhereAStreamEndsBeforeItBegins() {
        assertThat(refusal(() -> client.openStream(EVENTS)).code()).isEqualTo(ProblemCode.UNREACHABLE);
    }

    private static Problem refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable request) {
        Refusal[] caught = new Refusal[1];
        assertThatThrownBy(request).isInstanceOfSatisfying(Refusal.class, refusal -> caught[0] = refusal);
        return caught[0].problem();
    }
}
