package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulkhead.broker.HostView;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ApiServerIT extends ApiFixture {
    // ---- looking

    @Test
    void saysWhoItIsWhetherTheManagerAnswersOrNot() throws Exception {
        RawClient.Answer with = ask("GET", "/v1", "");
        fake.stop();
        RawClient.Answer without = ask("GET", "/v1", "");

        assertThat(with.body())
                .isEqualTo("{\"api\":1,\"instance\":\"test\",\"version\":\"1.2.3\",\"manager\":\"connected\"}");
        assertThat(without.text("manager")).isEqualTo("unreachable");
    }

    @Test
    void isLiveWithoutTheManagerButNotReady() throws Exception {
        assertThat(ask("GET", "/readyz", "").status()).isEqualTo(200);

        fake.stop();

        assertThat(ask("GET", "/livez", "").status()).isEqualTo(200);
        RawClient.Answer ready = ask("GET", "/readyz", "");
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.text("code")).isEqualTo("unreachable");
        assertThat(ready.text("remedy")).contains("bulkhead up");
    }

    @Test
    void showsTheHostWithItsOwnersAndWhatIsFree() throws Exception {
        put(Samples.definition("critical", 2));

        HostView view = decode(HostView.class, ask("GET", "/v1/host", ""));

        assertThat(view.owners())
                .containsExactly(
                        new HostView.Owner(0, "host", true),
                        new HostView.Owner(1, "critical", false),
                        new HostView.Owner(2, "critical", false),
                        new HostView.Owner(3, "free", false));
        assertThat(view.memory()
                        .host()
                        .plus(view.memory().partitions())
                        .plus(view.memory().free()))
                .isEqualTo(view.memory().total());
        assertThat(view.pool()
                        .host()
                        .plus(view.pool().partitions())
                        .plus(view.pool().free()))
                .isEqualTo(view.pool().total());
    }

    @Test
    void servesItsOwnDescription() throws Exception {
        RawClient.Answer answer = ask("GET", "/v1/openapi.yaml", "");

        assertThat(answer.head()).containsIgnoringCase("content-type: application/yaml");
        assertThat(answer.body()).startsWith("openapi: 3.1.0");
    }

    @Test
    void tellsWhatPartitionsUse() throws Exception {
        put(Samples.definition("db", 2));
        PartitionUsage usage = new PartitionUsage(
                new PartitionName("db"),
                State.RUNNING,
                Optional.of(Samples.slice("1-2")),
                8,
                Optional.of(5_000_000L),
                Optional.empty(),
                Optional.of(3L),
                1,
                2,
                Optional.empty());
        fake.measured(usage);

        RawClient.Answer answer = ask("GET", "/v1/usage", "");

        assertThat(answer.body()).isEqualTo("{\"partitions\":[" + RecordCodec.encode(usage) + "]}");
    }

    @Test
    void servesMetricsWhetherOrNotTheManagerIsThere() throws Exception {
        put(Samples.definition("db", 2));

        RawClient.Answer there = ask("GET", "/metrics", "");
        fake.stop();
        RawClient.Answer away = ask("GET", "/metrics", "");

        assertThat(there.head()).containsIgnoringCase("content-type: text/plain; version=0.0.4");
        assertThat(there.body())
                .contains(
                        "bulkhead_manager_up 1.0\n",
                        "bulkhead_partition_state{partition=\"db\",state=\"bound\"} 1.0\n");
        assertThat(away.status()).isEqualTo(200);
        assertThat(away.body()).contains("bulkhead_manager_up 0.0\n").doesNotContain("bulkhead_partition");
    }

    // ---- defining

    @Test
    void createsAPartitionOnFreeCpusAndThenFindsItUnchanged() throws Exception {
        RawClient.Answer created = put(Samples.definition("db", 2));
        RawClient.Answer again = put(Samples.definition("db", 2));

        assertThat(created.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(200);
        PartitionStatus status = decode(PartitionStatus.class, again);
        assertThat(status.slice()).contains(Samples.slice("1-2"));
        assertThat(decode(PartitionStatus.class, ask("GET", "/v1/partitions/db", "")))
                .isEqualTo(status);
        assertThat(ask("GET", "/v1/partitions", "").body())
                .isEqualTo("{\"partitions\":[" + RecordCodec.encode(status) + "]}");
    }

    @Test
    void growsAPartitionOntoItsOwnCpusAndMore() throws Exception {
        put(Samples.definition("db", 2));

        PartitionStatus status = decode(PartitionStatus.class, put(Samples.definition("db", 3)));

        assertThat(status.slice()).contains(Samples.slice("1-3"));
    }

    @Test
    void handsThePasswordHashToTheManager() throws Exception {
        Json.Obj body = new Json.Obj(Map.of("definition", RecordCodec.encode(Samples.definition("db", 1))))
                .with("rootPasswordHash", Json.of("$y$hash"));

        ask("PUT", "/v1/partitions/db", body.toString());

        assertThat(fake.orders())
                .contains(new Order.DefinePartition(
                        Samples.definition("db", 1), Samples.slice("1"), Optional.of("$y$hash")));
    }

    @Test
    void refusesWhatIsNotFreeWithItsHoldersAndChangesNothing() throws Exception {
        put(Samples.definition("critical", 3));

        RawClient.Answer answer = put(Samples.definition("late", 1));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.head()).containsIgnoringCase("content-type: application/problem+json");
        assertThat(answer.text("type")).isEqualTo("urn:bulkhead:problem:not-enough-resources");
        assertThat(answer.text("code")).isEqualTo("not-enough-resources");
        assertThat(answer.text("title")).isEqualTo(ProblemCode.NOT_ENOUGH_RESOURCES.title());
        assertThat(answer.text("detail"))
                .isEqualTo("needs 1 whole core; 0 are free, 3 are held by critical, 1 by the host's pool");
        assertThat(answer.text("remedy")).isEqualTo("release critical");
        assertThat(answer.json().get("holders")).hasToString("[\"critical: CPUs 1-3\",\"host: CPU 0 (pool)\"]");
        assertThat(answer.text("instance")).isEqualTo("/v1/partitions/late");
        assertThat(fake.partitions()).hasSize(1);
    }

    @Test
    void findsAnotherPlaceWhenSomebodyElseWasFaster() throws Exception {
        fake.beforeNextDefine(() -> fake.put(Samples.definition("other", 1), Samples.slice("1")));

        RawClient.Answer answer = put(Samples.definition("db", 1));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(decode(PartitionStatus.class, answer).slice()).contains(Samples.slice("2"));
    }

    @Test
    void passesTheManagersRefusalOnWhereNothingHasMoved() throws Exception {
        fake.refuseNext(
                Order.DefinePartition.class, Problem.of(ProblemCode.NOT_ENOUGH_RESOURCES, "the kernel says no"));

        RawClient.Answer answer = put(Samples.definition("db", 1));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text("detail")).isEqualTo("the kernel says no");
        assertThat(fake.orders().stream().filter(Order.DefinePartition.class::isInstance))
                .hasSize(1);
    }

    @Test
    void givesManyWhoAskAtOnceDifferentCpus() throws Exception {
        List<CompletableFuture<RawClient.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            answers.add(askInBackground("PUT", "/v1/partitions/p" + i, body(Samples.definition("p" + i, 1))));
        }

        List<Integer> statuses =
                answers.stream().map(answer -> answer.join().status()).sorted().toList();

        assertThat(statuses).containsExactly(201, 201, 201, 409, 409, 409);
        assertThat(fake.partitions()).extracting(PartitionStatus::slice).doesNotHaveDuplicates();
    }

    // ---- verbs

    @Test
    void takesAPartitionThroughItsLife() throws Exception {
        put(Samples.definition("db", 1));

        assertThat(state("start", "")).isEqualTo(State.RUNNING);
        assertThat(state("pause", "{}")).isEqualTo(State.PAUSED);
        assertThat(state("resume", "")).isEqualTo(State.RUNNING);
        assertThat(state("restart", "{\"kill\":true}")).isEqualTo(State.RUNNING);
        assertThat(state("stop", "")).isEqualTo(State.BOUND);
        assertThat(state("release", "")).isEqualTo(State.DEFINED);
        assertThat(state("bind", "")).isEqualTo(State.BOUND);
        assertThat(ask("GET", "/v1/partitions/db/certificate", "").text("partition"))
                .isEqualTo("db");
        assertThat(ask("DELETE", "/v1/partitions/db?wipe=yes", "").status()).isEqualTo(400);
        assertThat(ask("DELETE", "/v1/partitions/db?wipe=true", "").status()).isEqualTo(204);
        assertThat(ask("GET", "/v1/partitions/db", "").status()).isEqualTo(404);
        PartitionName name = new PartitionName("db");
        assertThat(fake.orders())
                .containsSubsequence(
                        new Order.StopPartition(name, true),
                        new Order.StartPartition(name),
                        new Order.StopPartition(name, false),
                        new Order.DeletePartition(name, true));
    }

    private State state(String verb, String body) throws IOException {
        return decode(PartitionStatus.class, ask("POST", "/v1/partitions/db/" + verb, body))
                .state();
    }

    @Test
    void relaysTheShutDown() throws Exception {
        RawClient.Answer answer = ask("POST", "/v1/shutdown", "{\"keepPartitions\":true}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(fake.orders()).contains(new Order.ShutDown(true));
        assertThat(ask("POST", "/v1/shutdown", "").text("detail")).startsWith("keepPartitions is missing");
    }

    // ---- the manager's troubles

    @Test
    void servesQuestionsWhileLongOrdersAreUnderWay() throws Exception {
        put(Samples.definition("db", 1));
        fake.hold(Order.StartPartition.class);
        List<CompletableFuture<RawClient.Answer>> starts = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            starts.add(askInBackground("POST", "/v1/partitions/db/start", ""));
        }
        await().until(() -> fake.orders().stream().anyMatch(Order.StartPartition.class::isInstance));

        RawClient.Answer meanwhile = ask("GET", "/v1/partitions", "");

        assertThat(meanwhile.status()).isEqualTo(200);
        assertThat(starts).noneMatch(CompletableFuture::isDone);
        fake.letGo(Order.StartPartition.class);
        assertThat(starts).allSatisfy(start -> assertThat(start.join().status()).isEqualTo(200));
    }

    @Test
    void isBackWhenTheManagerIs() throws Exception {
        put(Samples.definition("db", 1));
        fake.stop();
        assertThat(ask("GET", "/v1/partitions", "").status()).isEqualTo(503);

        fake.start();

        assertThat(ask("GET", "/v1/partitions/db", "").status()).isEqualTo(200);
    }

    // ---- the socket

    @Test
    void isForTheOwnerAndTheGroup() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(api)))
                .isEqualTo("rw-rw----");
    }

    @Test
    void leavesALiveServerAlone() throws Exception {
        assertThatThrownBy(this::startServer)
                .hasCauseInstanceOf(Refusal.class)
                .hasMessageContaining("another server listens at");
        assertStillServes();
    }

    @Test
    void takesThePlaceOfADeadServerAndLeavesNoSocketBehind() throws Exception {
        get(server.close());
        assertThat(api).doesNotExist();
        Files.createFile(api);

        server = startServer();

        assertStillServes();
    }

    @Test
    void closesInTimeWhileAClientDoesNotRead() throws Exception {
        put(Samples.definition("db", 1));
        try (RawClient client = new RawClient(api).upgrade()) {
            client.send(
                    Frame.order(new Order.OpenConsole(new PartitionName("db"), "me", false, false, 50_000_000, true)));
            client.frame();

            get(server.close());

            assertThat(api).doesNotExist();
            server = startServer();
        }
    }
}
