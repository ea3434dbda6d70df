package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.contract.generation.FileChange;
import io.bulkhead.contract.generation.FileChange.Aspect;
import io.bulkhead.contract.generation.FileChange.Kind;
import io.bulkhead.contract.generation.FileChanges;
import io.bulkhead.contract.generation.GenerationInfo;
import io.bulkhead.contract.generation.PackageChange;
import io.bulkhead.contract.generation.PackageChanges;
import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.generation.Rebase;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OsVerbTest {
    private static final PartitionName DB = new PartitionName("db");
    private static final FileChanges TAKEN =
            new FileChanges(List.of(new FileChange("etc/issue", Kind.MODIFIED, List.of(Aspect.CONTENT))), 3);

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

    private static GenerationInfo info(String name, boolean newest) {
        return new GenerationInfo(
                name, newest, 1_700_000_000_000L, 1263, 3L << 20, 412, newest ? 0 : 7, List.of(DB), 2, newest ? 0 : 1);
    }

    @Test
    void listsGenerationsWithTheirUsersAndHowFarTheHostHasMoved() {
        api.answer(
                "GET /v1/generations",
                RecordCodec.encode(new Reply.Generations(List.of(info("g-2", true), info("g-1", false)), 4)));

        CliRun.Outcome outcome = run("os", "list");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out().lines().map(line -> line.replaceAll("20\\d\\d-[-0-9]+ [:0-9]+", "TIME")
                        .replaceAll(" +", " ")))
                .containsExactly(
                        "GENERATION CAPTURED SIZE PACKAGES MOVED SINCE PARTITIONS WAY BACK OF",
                        "g-2 TIME, newest 3 MiB 412 0 db and 2 more 0",
                        "g-1 TIME 3 MiB 412 7 db and 2 more 1");
        assertThat(outcome.err()).contains("and 4 older ones");
        assertThat(run("os").out()).isEqualTo(outcome.out());
    }

    @Test
    void capturesAndSaysWhetherAnythingIsNew() {
        api.answer("POST /v1/generations", RecordCodec.encode(new Reply.Captured(info("g-2", true), false)));

        CliRun.Outcome outcome = run("os", "capture");

        assertThat(outcome.out()).isEqualTo("g-2\n");
        assertThat(outcome.err()).isEqualTo("nothing has changed since it was captured\n");
    }

    @Test
    void showsWhatEverybodyChanged() {
        PartitionDifferences differences = new PartitionDifferences(
                DB,
                "g-1",
                "g-2",
                new FileChanges(
                        List.of(
                                new FileChange("etc/mine/", Kind.ADDED, List.of()),
                                new FileChange("etc/gone", Kind.REMOVED, List.of()),
                                new FileChange("etc/both", Kind.MODIFIED, List.of(Aspect.CONTENT, Aspect.MODE))),
                        5),
                true,
                FileChanges.NONE,
                new PackageChanges(
                        List.of(
                                new PackageChange("app:amd64", Optional.of("1"), Optional.of("2")),
                                new PackageChange("new:all", Optional.empty(), Optional.of("3")),
                                new PackageChange("old:all", Optional.of("4"), Optional.empty())),
                        0),
                Optional.of("g-2"),
                Optional.of("g-0"));
        Json body = RecordCodec.encode(differences);
        api.answer("GET /v1/partitions/db/differences", body);

        CliRun.Outcome outcome = run("os", "diff", "db");

        assertThat(outcome.out()).isEqualTo("""
                db builds on g-1; the newest is g-2
                it is taken to g-2 at its next start
                'bulkhead os rebase db --undo' takes it back to g-0

                the partition changed: 8 files
                  + /etc/mine/
                  - /etc/gone
                  ~ /etc/both (content, mode)
                  and 5 more
                  and more: it has more files than are looked at

                the host changed since: nothing

                the host's packages moved since: 3 packages
                  ~ app:amd64 1 -> 2
                  + new:all 3
                  - old:all 4
                """);
        assertThat(JsonReader.read(run("os", "diff", "db", "-o", "json").out())).isEqualTo(body);
    }

    @Test
    void rebasesAndGoesOnWhereOneHasConflicts() {
        api.refuse("POST /v1/partitions/db/rebase", 409, JsonReader.read("""
                {"code":"conflict","title":"x","status":409,"detail":"db and the host","remedy":"make them the same",
                 "holders":["etc/issue: content changed on both sides"]}"""));
        api.answer(
                "POST /v1/partitions/web/rebase",
                RecordCodec.encode(new Rebase(new PartitionName("web"), "g-1", "g-2", true, TAKEN, FileChanges.NONE)));

        CliRun.Outcome outcome = run("os", "rebase", "db", "web");

        assertThat(outcome.code()).isEqualTo(4);
        assertThat(outcome.err()).contains("etc/issue: content changed on both sides", "fix: make them the same");
        assertThat(outcome.out()).isEqualTo("""
                web: g-1 -> g-2 at its next start
                  ~ /etc/issue (content)
                  and 3 more
                """);
    }

    @Test
    void takesARebaseBack() {
        api.answer(
                "POST /v1/partitions/db/undo-rebase",
                RecordCodec.encode(new Rebase(DB, "g-2", "g-1", false, FileChanges.NONE, FileChanges.NONE)));

        assertThat(run("os", "rebase", "db", "--undo").out()).isEqualTo("db: g-2 -> g-1, taken back\n");
    }

    @Test
    void givesWaysBackUpOnlyWhenThatWasConfirmed() {
        api.answer(
                "POST /v1/generations/gc",
                RecordCodec.encode(new Reply.GenerationsRemoved(List.of("g-1"), 3L << 20, 1)));

        assertThat(run("os", "gc", "--way-back").code()).isEqualTo(2);
        assertThat(api.requests()).isEmpty();
        CliRun.Outcome outcome = run("os", "gc", "--way-back", "--yes");

        assertThat(outcome.out()).isEqualTo("g-1\n");
        assertThat(outcome.err()).isEqualTo("1 removed, 3 MiB\n");
        assertThat(api.requests()).containsExactly("POST /v1/generations/gc {\"wayBack\":true}");
    }
}
