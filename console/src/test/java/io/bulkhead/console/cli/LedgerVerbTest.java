package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.LedgerHistory;
import io.bulkhead.broker.LedgerReport;
import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LedgerVerbTest {
    private static final LedgerReport.Difference DIFFERENCE = new LedgerReport.Difference(
            "unknown", "web", "slice", "nothing", "2 CPUs (2-3)", "'bulkhead ledger accept web' takes it over");
    private static final LedgerReport.Fault FAULT = new LedgerReport.Fault("damaged", "it is cut off", "rebuild it");

    private FakeApi api;

    @TempDir
    private Path directory;

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectory(directory.resolve("control"));
        api = new FakeApi(directory.resolve("control/api.sock"));
    }

    @AfterEach
    void end() throws IOException {
        api.close();
    }

    private CliRun.Outcome run(String... args) {
        return new CliRun(directory).run(args);
    }

    private static Json report(
            LedgerReport.Mode mode, Optional<LedgerReport.Fault> fault, LedgerReport.Difference... differences) {
        LedgerReport.Holdings db = new LedgerReport.Holdings(
                "db",
                CpuSet.parse("1,3"),
                CpuMillis.ZERO,
                ByteSize.parse("2GiB"),
                List.of(
                        new LedgerReport.NodeMemory(0, ByteSize.parse("1GiB")),
                        new LedgerReport.NodeMemory(1, ByteSize.parse("1GiB"))));
        return RecordCodec.encode(new LedgerReport(
                mode, fault, 12, Optional.of(5L), List.of(db), List.of(), List.of(), List.of(differences)));
    }

    @Test
    void showsWhoHasWhat() {
        api.answer("GET /v1/ledger", report(LedgerReport.Mode.READ_WRITE, Optional.empty()));

        CliRun.Outcome outcome = run("ledger");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out().lines().toList())
                .containsExactly(
                        "ledger: version 12, read-write",
                        "ACCOUNT  CPUS  POOL  MEMORY  BY NODE",
                        "db       1,3      0   2 GiB  0: 1 GiB, 1: 1 GiB");
        assertThat(run("ledger", "show").out()).isEqualTo(outcome.out());
        assertThat(JsonReader.read(run("ledger", "-o", "json").out()))
                .isEqualTo(report(LedgerReport.Mode.READ_WRITE, Optional.empty()));
    }

    @Test
    void listsCommitsWithTheirEntries() {
        api.answer(
                "GET /v1/ledger/entries?after=3&limit=2&owner=db&resource=cpu%2F1",
                RecordCodec.encode(new LedgerHistory(
                        9,
                        List.of(new LedgerHistory.Commit(
                                4,
                                0,
                                "alice",
                                "define db",
                                "k",
                                "intended",
                                Optional.of("db"),
                                List.of(new LedgerHistory.Entry("db", "cpu/1", 1)))))));

        CliRun.Outcome outcome =
                run("ledger", "entries", "--owner", "db", "--resource", "cpu/1", "--after", "3", "--limit", "2");

        assertThat(outcome.out().lines().toList())
                .containsExactly(
                        "commit 4  1970-01-01T00:00:00Z  alice  intended db: define db",
                        "  db                                 cpu/1      +1");
        assertThat(outcome.code()).isZero();
    }

    @Test
    void endsACheckWith10WhereADifferenceStands() {
        api.answer("POST /v1/ledger/reconcile", report(LedgerReport.Mode.READ_WRITE, Optional.empty(), DIFFERENCE));

        CliRun.Outcome outcome = run("ledger", "check");

        assertThat(outcome.code()).isEqualTo(10);
        assertThat(outcome.out())
                .contains("unknown", "web", "2 CPUs (2-3)", "'bulkhead ledger accept web' takes it over");
    }

    @Test
    void endsACheckWith4WhereTheLedgerCannotBeWritten() {
        api.answer("POST /v1/ledger/reconcile", report(LedgerReport.Mode.READ_ONLY, Optional.of(FAULT)));

        CliRun.Outcome outcome = run("ledger", "check");

        assertThat(outcome.code()).isEqualTo(4);
        assertThat(outcome.out()).isEqualTo("ledger: version 12, read-only\nit is cut off\nfix: rebuild it\n");
    }

    @Test
    void endsACheckWith0WhereTheTwoAgree() {
        api.answer("POST /v1/ledger/reconcile", report(LedgerReport.Mode.READ_WRITE, Optional.empty()));

        CliRun.Outcome outcome = run("ledger", "check");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).isEqualTo("the ledger and the manager agree\n");
    }

    @Test
    void comparesOnlyForThoseWhoMayOnlyLook() {
        api.refuse("POST /v1/ledger/reconcile", 403, Samples.problem("not-permitted", "this takes more", "ask"));
        api.answer("GET /v1/ledger/check", report(LedgerReport.Mode.READ_WRITE, Optional.empty(), DIFFERENCE));

        assertThat(run("ledger", "check").code()).isEqualTo(10);
        assertThat(api.requests()).containsExactly("POST /v1/ledger/reconcile {}", "GET /v1/ledger/check");
    }

    @Test
    void acceptsByName() {
        api.answer("POST /v1/ledger/accept", report(LedgerReport.Mode.READ_WRITE, Optional.empty()));

        assertThat(run("ledger", "accept", "web").code()).isZero();

        assertThat(api.requests()).containsExactly("POST /v1/ledger/accept {\"partition\":\"web\"}");
        assertThat(run("ledger", "accept", "No Name").code()).isEqualTo(2);
    }

    @Test
    void rebuildsOnlyWhenSomebodyWantsIt() {
        api.answer("POST /v1/ledger/rebuild", report(LedgerReport.Mode.READ_WRITE, Optional.empty()));

        assertThat(run("ledger", "rebuild").code()).isEqualTo(2);
        assertThat(api.requests()).isEmpty();
        assertThat(new CliRun(directory)
                        .typing("n\n", true)
                        .run("ledger", "rebuild")
                        .code())
                .isEqualTo(1);
        assertThat(run("ledger", "rebuild", "--yes").code()).isZero();
        assertThat(api.requests()).containsExactly("POST /v1/ledger/rebuild " + new Json.Obj(Map.of()));
    }
}
