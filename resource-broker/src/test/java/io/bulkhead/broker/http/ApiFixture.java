package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.ConsoleRecords;
import io.bulkhead.broker.client.ClientOptions;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.broker.testing.FakeManager;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The API on a real socket with small limits, in front of a manager without a kernel that divides CPUs 0 to 3. */
@Timeout(60)
abstract class ApiFixture {
    static final ApiOptions.Limits LIMITS = new ApiOptions.Limits(1 << 20, 16 << 10, 500, 700, 50, 40);

    @TempDir
    Path directory;

    Path api;
    FakeManager fake;
    ApiServer server;

    private Vertx vertx;
    private ManagerClient manager;

    @BeforeEach
    void start() throws Exception {
        api = directory.resolve("api.sock");
        Path socket = directory.resolve("manager.sock");
        fake = new FakeManager(socket, CpuSet.parse("0-3"));
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
        manager = new ManagerClient(vertx, new ClientOptions(socket, 2, 6, 150, 2_000, 2_000, 20, 200));
        server = startServer();
    }

    @AfterEach
    void stop() throws Exception {
        get(server.close());
        get(vertx.close());
        fake.close();
    }

    ApiServer startServer() throws Exception {
        Broker broker = broker(manager);
        ApiOptions options = new ApiOptions(api, InstanceName.parse("test"), "1.2.3", LIMITS, access());
        return get(ApiServer.start(
                vertx, broker, manager, options, ApiServer.auditTrail(options), consoles(), records(), pages()));
    }

    /** The broker behind the API; one without a ledger, unless a test wants another. */
    Broker broker(ManagerClient client) {
        return new Broker(client, () -> Samples.machine(4));
    }

    /** The consoles' logs; none, unless a test wants some. */
    ConsoleRecords records() {
        return ConsoleRecords.NONE;
    }

    /** Who serves consoles; nobody, unless a test wants somebody. */
    Consoles consoles() {
        return Consoles.NONE;
    }

    /** For browsers; none, unless a test wants some. */
    Pages pages() {
        return Pages.NONE;
    }

    /** Who may reach it; the state is below the test's directory. */
    ApiAccess access() {
        return ApiAccess.local(directory.resolve("state"));
    }

    /** For everybody on this host by TCP too, with tokens. */
    final ApiAccess byTcp() {
        return new ApiAccess(
                directory.resolve("state"),
                Optional.empty(),
                Set.of(),
                Set.of(),
                Optional.of(new ApiAccess.Listen("127.0.0.1", 0, Optional.empty())));
    }

    static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    RawClient.Answer ask(String method, String path, String body, String... headers) throws IOException {
        return RawClient.ask(api, method, path, body, headers);
    }

    CompletableFuture<RawClient.Answer> askInBackground(String method, String path, String body) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return ask(method, path, body);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                work -> new Thread(work, "asking").start());
    }

    RawClient.Answer put(PartitionSpec definition) throws IOException {
        return ask("PUT", "/v1/partitions/" + definition.name(), body(definition));
    }

    static String body(PartitionSpec definition) {
        return "{\"definition\":" + RecordCodec.encode(definition) + "}";
    }

    void assertStillServes() throws IOException {
        assertThat(ask("GET", "/livez", "").status()).isEqualTo(200);
    }

    static <T> T decode(Class<T> type, RawClient.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isBetween(200, 201);
        return RecordCodec.decode(type, JsonReader.read(answer.body()));
    }
}
