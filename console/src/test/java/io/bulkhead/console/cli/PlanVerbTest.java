package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.broker.plan.PlanReport;
import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans by the file of another machine: two nodes with two caches of two cores each, CPU 0 the host's, db on CPU 2. */
class PlanVerbTest {
    @TempDir
    Path directory;

    private Path inventory;

    @BeforeEach
    void exportAMachine() throws IOException {
        inventory = directory.resolve("host.json");
        Topology topology = new Topology(
                IntStream.range(0, 8)
                        .mapToObj(cpu -> new Topology.Cpu(cpu, 0, 0, cpu, cpu / 4, cpu / 2, CoreType.UNIFORM))
                        .toList(),
                IntStream.range(0, 2)
                        .mapToObj(id -> new Topology.Node(id, ByteSize.parse("4GiB")))
                        .toList());
        InventoryFile file = new InventoryFile(
                InventoryFile.VERSION,
                1_760_000_000_000L,
                InstanceName.parse("other"),
                Inventory.of(topology),
                new HostStatus.HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.parse("1GiB")),
                List.of(new InventoryFile.Holding(
                        new PartitionName("db"),
                        new Slice(
                                new CpuSlice.Whole(CpuSet.of(2)),
                                NodeSet.of(0),
                                ByteSize.parse("1GiB"),
                                512,
                                IoSlice.UNLIMITED),
                        true)));
        Files.writeString(inventory, RecordCodec.encode(file).toString());
    }

    @Test
    void showsWhereEveryPartitionWouldGoAndWhy() throws IOException {
        Path file = write("""
                partitions:
                  web: {cpus: {count: 2, cache: one}, memory: 1GiB}
                  db: {cpus: 1, memory: 1GiB}
                """);

        CliRun.Outcome outcome = run("plan", "-f", file.toString(), "--inventory", inventory.toString());

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out().lines().toList())
                .startsWith(
                        "NAME  PLAN   CPUS  MEMORY  OF NODE  WHY THERE",
                        "web   new    4-5   1 GiB   1        on one node (1, the fullest that has room); in one last-level"
                                + " cache (2, the fullest that has room)",
                        "db    stays  2     1 GiB   0        it stays where it is");
        assertThat(outcome.out())
                .contains(
                        "free now:  6 CPUs of whole cores, at most 4 for one claim on one node, 2 in one last-level cache\n")
                .contains(
                        "free then: 4 CPUs of whole cores, at most 2 for one claim on one node, 2 in one last-level cache\n")
                .contains("NODE  FREE CORES  CPUS  LOOSE CPUS  MEMORY  CPUS BY LAST-LEVEL CACHE\n")
                .contains("0              2     2           0   2 GiB  0: 1, 1: 1\n")
                .containsPattern("fits: 1 new, 1 stays; found one after another, in [0-9]+ ms\n$");
    }

    @Test
    void endsWithFiveAndSaysWhatWouldMakeRoom() throws IOException {
        Path file = write("""
                partitions:
                  a: {cpus: {count: 2, cache: one}, memory: 64MiB}
                  b: {cpus: {count: 2, cache: one}, memory: 64MiB}
                  c: {cpus: {count: 2, node: 0, cache: one}, memory: 64MiB}
                """);

        CliRun.Outcome outcome = run("plan", "-f", file.toString(), "--inventory", inventory.toString());

        assertThat(outcome.code()).isEqualTo(5);
        assertThat(outcome.out())
                .contains("c: needs 2 whole cores on node 0 in one last-level cache; 2 are free, 1 is held by db,"
                        + " 1 by the host's pool; the most that is free in one last-level cache is 1 CPU (cache 0)\n")
                .contains("fix: release db, or ask for at most 1 CPU\n")
                .contains("or: release db, apply the set, then bind it again:\n")
                .contains("  db (runs, stop it first): from 1 CPU (2) to 1 CPU (1)\n")
                .contains("does not fit: 2 new, 1 refused; proven: there is no place for all of them, in ");
    }

    @Test
    void givesThePlanOfSeveralFilesAsJson() throws IOException {
        Path one = write("partitions:\n  web: {cpus: 1, memory: 64MiB}\n");
        Path two =
                Files.writeString(directory.resolve("two.yaml"), "partitions:\n  api: {cpus: 0.25, memory: 64MiB}\n");

        CliRun.Outcome outcome = run(
                "plan", "-f", one.toString(), "-f", two.toString(), "--inventory", inventory.toString(), "-o", "json");

        PlanReport report = RecordCodec.decode(PlanReport.class, JsonReader.read(outcome.out()));
        assertThat(report.partitions()).extracting(each -> each.name().value()).containsExactly("web", "api");
        assertThat(report.fits()).isTrue();
    }

    @Test
    void asksTheControlPlaneForItsOwnMachine() throws IOException {
        Path file = write("partitions:\n  web: {cpus: 1, memory: 64MiB}\n");
        Path control = Files.createDirectories(directory.resolve("control"));
        PlanReport answer = new PlanReport(
                true,
                PlanReport.Method.EXACT,
                7,
                2_000,
                List.of(),
                new PlanReport.FreeRoom(4, 4, 4, List.of()),
                Optional.empty(),
                List.of(),
                List.of("a remark"));
        try (FakeApi api = new FakeApi(control.resolve("api.sock"))) {
            api.answer("POST /v1/plan", RecordCodec.encode(answer));

            CliRun.Outcome outcome = run("plan", "-f", file.toString(), "--limit", "2");

            assertThat(outcome.code()).as(outcome.err()).isZero();
            assertThat(outcome.out()).contains("note: a remark\n").contains("found by exhaustive search, in 7 ms");
            assertThat(api.requests().get(0))
                    .startsWith("POST /v1/plan {\"definitions\":[{\"name\":\"web\"")
                    .endsWith("],\"timeLimitMillis\":2000}");
        }
    }

    @Test
    void definesWhereCpusAreToBe() throws IOException {
        Path control = Files.createDirectories(directory.resolve("control"));
        try (FakeApi api = new FakeApi(control.resolve("api.sock"))) {
            run(
                    "define",
                    "web",
                    "--cpus",
                    "4",
                    "--memory",
                    "64MiB",
                    "--one-cache",
                    "--core-type",
                    "performance",
                    "--near",
                    "nvme0n1");

            assertThat(api.requests().get(0))
                    .contains("\"oneCache\":true,\"coreType\":\"performance\",\"near\":\"nvme0n1\"");
        }
        assertThat(run("define", "web", "--cpus", "0.5", "--memory", "64MiB", "--near", "nvme0n1")
                        .err())
                .contains("--near and --isolated go with whole CPUs only");
    }

    @Test
    void refusesALimitAndFilesThatAreNone() throws IOException {
        Path file = write("partitions:\n  web: {cpus: 1, memory: 64MiB}\n");

        assertThat(run("plan", "-f", file.toString(), "--limit", "61").err())
                .contains("--limit must be 1 to 60 seconds");
        assertThat(run("plan").code()).isEqualTo(2);
        CliRun.Outcome missing = run("plan", "-f", file.toString(), "--inventory", "/nowhere.json");
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("/nowhere.json: there is no such file");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("set.yaml"), text);
    }

    private CliRun.Outcome run(String... args) {
        return new CliRun(directory).run(args);
    }
}
