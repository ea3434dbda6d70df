package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Lists in pages, the audit trail, readiness, and journals that have moved on. */
class ApiListsIT extends ApiFixture {
    private static final PartitionName DB = new PartitionName("db");

    /** Every item of a list, page by page, with something done after the first page. */
    private List<String> walk(String path, String list, Function<Json.Obj, Json> item, Runnable afterFirst)
            throws IOException {
        List<String> seen = new ArrayList<>();
        String separator = path.contains("?") ? "&" : "?";
        RawClient.Answer page = ask("GET", path + separator + "limit=2", "");
        boolean first = true;
        while (true) {
            ((Json.Array) Objects.requireNonNull(page.json().get(list)))
                    .items()
                    .forEach(each -> seen.add(item.apply((Json.Obj) each).toString()));
            if (first) {
                afterFirst.run();
                first = false;
            }
            if (!page.json().containsKey("next")) {
                return seen;
            }
            page = ask("GET", path + separator + "limit=2&cursor=" + page.text("next"), "");
        }
    }

    private static Function<Json.Obj, Json> member(String name) {
        return object -> Objects.requireNonNull(object.members().get(name));
    }

    @Test
    void showsEveryPartitionOnceWhateverComesAndGoes() throws Exception {
        for (String name : List.of("a", "b", "d", "e", "f")) {
            fake.put(Samples.definition(name, 1), Samples.slice("1"));
        }

        List<String> names = walk("/v1/partitions", "partitions", member("name"), () -> {
            fake.put(Samples.definition("c", 1), Samples.slice("1"));
            fake.put(Samples.definition("aa", 1), Samples.slice("1"));
        });

        assertThat(names).containsExactly("\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\"", "\"f\"");
        assertThat(ask("GET", "/v1/partitions", "").json()).doesNotContainKey("next");
    }

    @Test
    void tellsOfMorePartitionsThanOneMessageOfTheManagerHolds() throws Exception {
        List<String> stay = IntStream.range(0, 1_500)
                .mapToObj(i -> String.format("p%04d", i))
                .toList();
        stay.forEach(name -> fake.put(Samples.definition(name, 1), Samples.slice("1")));
        fake.beforePage(number -> {
            fake.put(Samples.definition("a" + number, 1), Samples.slice("1"));
            fake.put(Samples.definition("z" + number, 1), Samples.slice("1"));
        });

        RawClient.Answer first = ask("GET", "/v1/partitions?limit=1000", "");
        RawClient.Answer rest = ask("GET", "/v1/partitions?limit=1000&cursor=" + first.text("next"), "");
        RawClient.Answer usage = ask("GET", "/v1/usage", "");

        assertThat(Stream.of(first, rest).flatMap(each -> names(each, "name")).toList())
                .doesNotHaveDuplicates()
                .isSorted()
                .containsAll(stay);
        assertThat(names(usage, "partition").toList())
                .doesNotHaveDuplicates()
                .isSorted()
                .containsAll(stay);
        assertThat(fake.orders().stream()
                        .filter(order -> order instanceof Order.ListPartitions list
                                && list.after().isPresent()))
                .hasSizeGreaterThanOrEqualTo(2);
    }

    private static Stream<String> names(RawClient.Answer answer, String member) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return ((Json.Array) Objects.requireNonNull(answer.json().get("partitions")))
                .items().stream().map(each -> ((Json.Text) Objects.requireNonNull(
                                ((Json.Obj) each).members().get(member)))
                        .value());
    }

    @Test
    void givesOperationsAndEventsInPages() throws Exception {
        put(Samples.definition("db", 1));
        for (int i = 0; i < 4; i++) {
            ask("POST", "/v1/partitions/db/start", "");
        }

        assertThat(walk("/v1/operations", "operations", member("id"), () -> {}))
                .hasSize(5)
                .doesNotHaveDuplicates();
        assertThat(walk("/v1/events?follow=false", "events", member("sequence"), () -> {}))
                .containsExactly("1", "2", "3", "4", "5", "6");
    }

    @Test
    void refusesCursorsOfOthers() throws Exception {
        put(Samples.definition("a", 1));
        put(Samples.definition("b", 1));
        String next = ask("GET", "/v1/partitions?limit=1", "").text("next");
        String forged = Base64.getUrlEncoder().encodeToString("entries:x".getBytes(StandardCharsets.UTF_8));

        for (String path : List.of(
                "/v1/operations?cursor=" + next,
                "/v1/partitions?cursor=!",
                "/v1/partitions?limit=0",
                "/v1/partitions?limit=1001",
                "/v1/audit?cursor=" + forged,
                "/v1/events?limit=3")) {
            assertThat(ask("GET", path, "").status()).as(path).isEqualTo(400);
        }
    }

    // ---- the audit trail

    @Test
    void writesDownWhoDidWhat() throws Exception {
        put(Samples.definition("db", 1));
        ask("GET", "/v1/partitions", "");
        ask("POST", "/v1/partitions/db/start?wait=false", "");
        ask("POST", "/v1/partitions/web/start", "");
        await().until(() -> ask("GET", "/v1/audit", "").body().split("\"sequence\"", -1).length == 5);

        assertThat(walk("/v1/audit", "entries", member("verb"), () -> {}))
                .containsExactlyInAnyOrder("\"define\"", "\"start\"", "\"start\"", "\"start\"");
        String all = ask("GET", "/v1/audit", "").body();
        assertThat(all)
                .contains("\"verb\":\"define\",\"partition\":\"db\",\"outcome\":\"done\",\"operation\":")
                .contains("\"verb\":\"start\",\"partition\":\"db\",\"outcome\":\"accepted\"")
                .contains("\"verb\":\"start\",\"partition\":\"db\",\"outcome\":\"done\"")
                .contains("\"partition\":\"web\",\"outcome\":\"failed\",\"problem\":\"not-found\"")
                .contains("\"transport\":\"unix\",\"address\":\"group ");
        long future = System.currentTimeMillis() + 100_000;
        assertThat(ask("GET", "/v1/audit?since=" + future, "").body()).isEqualTo("{\"entries\":[]}");
    }

    @Test
    void saysOfEachCheckHowItIs() throws Exception {
        String ready = ask("GET", "/readyz", "").body();
        fake.stop();
        RawClient.Answer not = ask("GET", "/readyz", "");

        assertThat(ready)
                .isEqualTo("{\"ready\":true,\"checks\":[{\"name\":\"manager\",\"ok\":true,\"needed\":true},"
                        + "{\"name\":\"ledger\",\"ok\":true,\"needed\":false},"
                        + "{\"name\":\"audit\",\"ok\":true,\"needed\":false},"
                        + "{\"name\":\"tokens\",\"ok\":true,\"needed\":false}]}");
        assertThat(Objects.requireNonNull(not.json().get("checks")).toString())
                .startsWith("[{\"name\":\"manager\",\"ok\":false,\"needed\":true,\"detail\":");
    }

    @Test
    void countsItsOwnAnswers() throws Exception {
        ask("GET", "/v1/partitions/nobody", "");

        assertThat(ask("GET", "/metrics", "").body())
                .contains(
                        "bulkhead_api_request_seconds_count{method=\"GET\",path=\"/v1/partitions/{name}\",status=\"404\"} 1")
                .doesNotContain("nobody");
    }

    // ---- journals that have moved on

    @Test
    void tellsWhoComesTooLateWhatIsLost() throws Exception {
        for (int i = 0; i < 20; i++) {
            fake.record(new Event.PartitionPaused(DB));
        }
        fake.retain(5);

        String page = ask("GET", "/v1/events?follow=false&after=3", "").body();

        assertThat(page).endsWith(",\"fellOff\":{\"first\":17,\"lost\":13}}").contains("[{\"sequence\":17,");
        try (RawClient client = new RawClient(api)) {
            client.send("GET /v1/events HTTP/1.1\r\nHost: t\r\nLast-Event-ID: 3\r\n\r\n");
            assertThat(client.until("id: 21\n"))
                    .contains("id: 16\nevent: fell-off\ndata: {\"first\":17,\"lost\":13}\n\n")
                    .contains("id: 17\n")
                    .doesNotContain("id: 15\n");
        }
    }

    @Test
    void disturbsNobodyForASlowListenerWhoIsToldWhatItLost() throws Exception {
        String padding = "x".repeat(4_000);
        fake.retain(50);
        try (RawClient slow = new RawClient(api);
                RawClient quick = new RawClient(api)) {
            slow.send("GET /v1/events HTTP/1.1\r\nHost: t\r\n\r\n");
            quick.send("GET /v1/events HTTP/1.1\r\nHost: t\r\n\r\n");
            quick.until("manager-started\"");
            slow.until("manager-started\"");
            for (int i = 0; i < 2_000; i++) {
                fake.record(new Event.PartitionFailed(DB, padding));
                if (i % 20 == 19) {
                    quick.until("id: " + (i + 2) + "\n");
                }
            }

            fake.record(new Event.PartitionPaused(DB));
            assertThat(quick.until("partition-paused\"")).doesNotContain("fell-off");
            assertThat(slow.until("partition-paused\"")).contains("event: fell-off\ndata: {\"first\":");
        }
    }
}
