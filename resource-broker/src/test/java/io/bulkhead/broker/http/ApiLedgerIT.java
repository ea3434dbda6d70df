package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.bulkhead.broker.Bookkeeper;
import io.bulkhead.broker.Broker;
import io.bulkhead.broker.LedgerHistory;
import io.bulkhead.broker.LedgerOffice;
import io.bulkhead.broker.LedgerReport;
import io.bulkhead.broker.client.LedgerWatch;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The ledger over HTTP, in front of a manager without a kernel. */
class ApiLedgerIT extends ApiFixture {
    private Bookkeeper keeper;
    private Broker broker;
    private ManagerClient client;

    @Override
    Broker broker(ManagerClient manager) {
        keeper = Bookkeeper.inDirectory(directory.resolve("ledger"));
        broker = new Broker(manager, () -> Samples.machine(4), keeper);
        client = manager;
        return broker;
    }

    @AfterEach
    void closeLedger() {
        keeper.close();
    }

    private LedgerReport report(RawClient.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return RecordCodec.decode(LedgerReport.class, new Json.Obj(answer.json()));
    }

    @Test
    void showsWhatADefinitionTookAndWhy() throws IOException {
        assertThat(put(Samples.definition("db", 2)).status()).isEqualTo(201);

        LedgerReport report = report(ask("GET", "/v1/ledger", ""));

        assertThat(report.mode()).isEqualTo(LedgerReport.Mode.READ_WRITE);
        assertThat(report.version()).isEqualTo(3);
        assertThat(report.sums())
                .contains(new LedgerReport.Sum("cpus", "threads", 4, 1, 2, 1))
                .allMatch(sum -> sum.inventory() == sum.host() + sum.partitions() + sum.free());
        LedgerHistory history = RecordCodec.decode(
                LedgerHistory.class,
                new Json.Obj(ask("GET", "/v1/ledger/entries?owner=db&resource=cpu/1&after=1&limit=5", "")
                        .json()));
        assertThat(history.commits()).singleElement().satisfies(commit -> {
            assertThat(commit.change()).isEqualTo("intended");
            assertThat(commit.entries()).containsExactly(new LedgerHistory.Entry("db", "cpu/1", 1));
        });
    }

    @Test
    void comparesWithoutWritingAnything() throws IOException {
        assertThat(report(ask("GET", "/v1/ledger/check", "")).mode()).isEqualTo(LedgerReport.Mode.OPENING);
        report(ask("POST", "/v1/ledger/reconcile", ""));
        put(Samples.definition("db", 1));
        // The reply is lost: what came of it is found out by comparing.
        fake.refuseNext(Order.ReleasePartition.class, Problem.of(ProblemCode.FAILED, "who knows"));
        ask("POST", "/v1/partitions/db/release", "");
        fake.put(Samples.definition("foreign", 1), Samples.slice("3"));
        LedgerReport before = report(ask("GET", "/v1/ledger", ""));
        assertThat(before.intents()).hasSize(1);

        LedgerReport compared = report(ask("GET", "/v1/ledger/check", ""));

        assertThat(compared.version()).isEqualTo(before.version());
        assertThat(compared.intents()).isEqualTo(before.intents());
        assertThat(compared.differences())
                .extracting(LedgerReport.Difference::owner)
                .containsExactly("foreign");
        assertThat(report(ask("GET", "/v1/ledger", ""))).isEqualTo(before);
        LedgerReport settled = report(ask("POST", "/v1/ledger/reconcile", ""));
        // The end of the release, and the ids that foreign has.
        assertThat(settled.version()).isEqualTo(before.version() + 2);
        assertThat(settled.intents()).isEmpty();
        assertThat(settled.differences()).isEqualTo(compared.differences());
        assertThat(report(ask("GET", "/v1/ledger/check", "")).version()).isEqualTo(settled.version());
    }

    private List<String> ledgerEvents(String after) throws IOException {
        return ((Json.Array) Objects.requireNonNull(ask("GET", "/v1/events?follow=false&after=" + after, "")
                        .json()
                        .get("events")))
                .items().stream()
                        .map(Json::toString)
                        .filter(each -> each.contains("\"ledger-difference-"))
                        .toList();
    }

    @Test
    void tellsOfDifferencesInTheOneJournalThatThereIs() throws Exception {
        report(ask("POST", "/v1/ledger/reconcile", ""));
        fake.put(Samples.definition("foreign", 1), Samples.slice("3"));
        assertThat(ledgerEvents("0")).isEmpty();

        report(ask("POST", "/v1/ledger/reconcile", ""));
        report(ask("POST", "/v1/ledger/reconcile", ""));

        assertThat(ledgerEvents("0"))
                .singleElement()
                .asString()
                .contains(
                        "\"type\":\"ledger-difference-found\",\"owner\":\"foreign\",\"difference\":\"slice is nothing by"
                                + " the ledger, 1 CPU (3), 1GiB on node 0, 512 tasks by the manager\",\"remedy\":"
                                + "\"'bulkhead ledger accept foreign' takes over what the manager has\"");
        // A manager that starts anew is told again of what stands; what is settled then is told with the next number.
        fake.stop();
        fake.start();
        report(ask("POST", "/v1/ledger/reconcile", ""));
        assertThat(ledgerEvents("0")).hasSize(2);
        String last = RecordCodec.decode(
                                EventRecord.class,
                                JsonReader.read(ledgerEvents("0").get(1)))
                        .sequence()
                + "";
        report(ask("POST", "/v1/ledger/accept", "{\"partition\":\"foreign\"}"));
        assertThat(ledgerEvents(last))
                .singleElement()
                .asString()
                .contains(
                        "\"type\":\"ledger-difference-resolved\",\"owner\":\"foreign\",\"difference\":\"slice is nothing");
    }

    @Test
    void aQuestionAndALedgerThatCannotBeWrittenAreNoNews() throws Exception {
        report(ask("POST", "/v1/ledger/reconcile", ""));
        fake.put(Samples.definition("foreign", 1), Samples.slice("3"));
        report(ask("GET", "/v1/ledger/check", ""));
        assertThat(ledgerEvents("0")).isEmpty();
        report(ask("POST", "/v1/ledger/reconcile", ""));
        fake.refuseNext(Order.NoteLedger.class, Problem.of(ProblemCode.INVALID_REQUEST, "an older manager"));
        assertThat(report(ask("POST", "/v1/ledger/reconcile", "")).differences())
                .hasSize(1);
        long told = fake.orders().stream()
                .filter(Order.NoteLedger.class::isInstance)
                .count();

        keeper.close();
        Files.writeString(directory.resolve("ledger/ledger.db"), "?");
        keeper = Bookkeeper.inDirectory(directory.resolve("ledger"));
        LedgerOffice office =
                new Broker(client, () -> Samples.machine(4), keeper).ledger().orElseThrow();
        LedgerReport report = office.check().toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertThat(report.mode()).isEqualTo(LedgerReport.Mode.READ_ONLY);
        assertThat(fake.orders().stream().filter(Order.NoteLedger.class::isInstance))
                .hasSize((int) told);
        assertThat(ledgerEvents("0")).hasSize(1);
    }

    @Test
    void namesAcceptsAndForgetsWhatSomebodyElseDid() throws IOException {
        report(ask("POST", "/v1/ledger/reconcile", ""));
        fake.put(Samples.definition("foreign", 1), Samples.slice("3"));

        assertThat(report(ask("GET", "/v1/ledger/check", "")).differences())
                .extracting(LedgerReport.Difference::kind, LedgerReport.Difference::owner)
                .containsExactly(tuple("unknown", "foreign"));
        assertThat(ask("DELETE", "/v1/partitions/foreign", "").status()).isEqualTo(409);
        assertThat(report(ask("POST", "/v1/ledger/accept", "{\"partition\":\"foreign\"}"))
                        .differences())
                .isEmpty();
        assertThat(ask("DELETE", "/v1/partitions/foreign", "").status()).isEqualTo(204);
    }

    @Test
    void isReadOnlyWithADamagedFileUntilItIsRebuilt() throws IOException {
        Path file = directory.resolve("ledger/ledger.db");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "?");
        report(ask("GET", "/v1/ledger/check", ""));

        RawClient.Answer refused = put(Samples.definition("db", 1));

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text("code")).isEqualTo("ledger-read-only");
        assertThat(refused.text("detail")).isEqualTo("the ledger " + file + " is cut off: it has 1 bytes");
        assertThat(refused.text("remedy")).isEqualTo("run 'bulkhead ledger rebuild'; the file is kept aside");
        RawClient.Answer ready = ask("GET", "/readyz", "");
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.body())
                .contains("{\"name\":\"ledger\",\"ok\":false,\"needed\":false,\"detail\":\"read-only: ", "is cut off");
        assertThat(ask("GET", "/metrics", "").body()).contains("bulkhead_ledger_writable 0.0");
        report(ask("POST", "/v1/ledger/rebuild", ""));
        assertThat(put(Samples.definition("db", 1)).status()).isEqualTo(201);
        assertThat(ask("GET", "/metrics", "").body()).contains("bulkhead_ledger_writable 1.0");
    }

    @Test
    void refusesWhatItDoesNotUnderstand() throws IOException {
        assertThat(ask("GET", "/v1/ledger/entries?limit=0", "").text("detail"))
                .isEqualTo("limit must be a whole number from 1 to 1000, it is '0'");
        assertThat(ask("GET", "/v1/ledger/entries?after=x", "").text("detail"))
                .isEqualTo("after must be a whole number from 0 to 9223372036854775807, it is 'x'");
        assertThat(ask("GET", "/v1/ledger/entries?resource=disk", "").text("detail"))
                .isEqualTo("'disk' is not a resource of the ledger; there are cpu/N, pool, memory/N, storage, io-read,"
                        + " io-write, io-read-ops, io-write-ops, network-in, network-out, disk/NAME, nic/NAME");
        assertThat(ask("POST", "/v1/ledger/accept", "{}").text("detail"))
                .isEqualTo("partition is missing; it names the partition whose slice is taken over");
    }

    @Test
    void isComparedByItselfAtTheStartOnEventsAndWhenTheManagerComesBack() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (LedgerWatch watch =
                LedgerWatch.start(vertx, client, broker.ledger().orElseThrow())) {
            assertThat(watch).isNotNull();
            Awaitility.await().until(() -> keeper.report().version() == 1);

            // Somebody else defines something; the manager tells
            fake.put(Samples.definition("foreign", 1), Samples.slice("3"));
            Awaitility.await().until(() -> keeper.report().differences().size() == 1);

            fake.stop();
            fake.put(Samples.definition("another", 1), Samples.slice("2"));
            fake.start();
            Awaitility.await().until(() -> keeper.report().differences().size() == 2);
        } finally {
            get(vertx.close());
        }
    }
}
