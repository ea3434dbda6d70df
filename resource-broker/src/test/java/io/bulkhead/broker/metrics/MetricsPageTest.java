package io.bulkhead.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.Broker.Survey;
import io.bulkhead.broker.HostView;
import io.bulkhead.broker.LedgerReport;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.CpuTime;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.Pressure;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
    private static final ConsoleFigures CONSOLE =
            new ConsoleFigures(new PartitionName("db"), 100, 80, 20, 1, 2, 5, 6, 7, 8, 9_000, true);

    private static final LedgerReport LEDGER = new LedgerReport(
            LedgerReport.Mode.READ_ONLY,
            Optional.of(new LedgerReport.Fault("damaged", "it is cut off", "rebuild it")),
            17,
            Optional.of(1_000L),
            List.of(),
            List.of(),
            List.of(),
            List.of(new LedgerReport.Difference("unknown", "db", "slice", "nothing", "2 CPUs", "accept it")));

    private static final PartitionName DB = new PartitionName("db");
    private static final Slice WHOLE = new Slice(
                    new CpuSlice.Whole(CpuSet.parse("2-3")),
                    NodeSet.of(0),
                    ByteSize.parse("1GiB"),
                    512,
                    IoSlice.UNLIMITED)
            .withStorage(StorageSlice.of(ByteSize.parse("4GiB")))
            .withNetwork(new NetworkSlice(Limit.of(BitRate.parse("100Mbit/s")), Limit.unlimited(), Optional.empty()));
    private static final Slice PART = new Slice(
            new CpuSlice.Part(new CpuMillis(250)), NodeSet.of(0), ByteSize.parse("64MiB"), 64, IoSlice.UNLIMITED);

    private final RequestStatistics requests = new RequestStatistics();
    private final MetricsPage page = new MetricsPage(InstanceName.parse("test"), "0.1.0", requests);

    @BeforeEach
    void countTwoRequests() {
        requests.answered("GET", "/v1", 200, 2_000_000);
        requests.answered("GET", "/v1", 200, 20_000_000_000L);
    }

    @Test
    void tellsOfHostAndPartitionsInBaseUnits() {
        List<String> lines = page.of(survey(1_500_000)).lines().toList();

        assertThat(lines)
                .contains(
                        "bulkhead_manager_up 1.0",
                        "bulkhead_host_cpus{owner=\"partitions\"} 2.0",
                        "bulkhead_host_cpus{owner=\"free\"} 1.0",
                        "bulkhead_host_memory_bytes{owner=\"host\"} 1.073741824E9",
                        "bulkhead_host_pool_cpus{owner=\"host\"} 0.5",
                        "bulkhead_host_pool_cpus{owner=\"partitions\"} 0.25",
                        "bulkhead_partition_state{partition=\"db\",state=\"running\"} 1.0",
                        "bulkhead_partition_state{partition=\"db\",state=\"failed\"} 0.0",
                        "bulkhead_partition_promises{held=\"true\",partition=\"db\"} 1.0",
                        "bulkhead_partition_promises{held=\"false\",partition=\"db\"} 2.0",
                        "bulkhead_partition_cpu_seconds_total{partition=\"db\"} 12.345678",
                        "bulkhead_partition_memory_bytes{partition=\"db\"} 8192.0",
                        "bulkhead_partition_tasks{partition=\"db\"} 17.0",
                        "bulkhead_partition_oom_kills_total{partition=\"db\"} 1.0",
                        "bulkhead_partition_tasks_refused_total{partition=\"db\"} 2.0",
                        "bulkhead_partition_slice_cpus{partition=\"db\"} 2.0",
                        "bulkhead_partition_slice_cpus{partition=\"batch\"} 0.25",
                        "bulkhead_partition_slice_memory_bytes{partition=\"db\"} 1.073741824E9",
                        "bulkhead_partition_slice_tasks{partition=\"batch\"} 64.0",
                        "bulkhead_partition_intrusion_seconds_total{partition=\"db\"} 1.5",
                        "bulkhead_partition_intrusion_error_seconds{partition=\"db\"} 0.06",
                        "bulkhead_partition_intrusion_window_ratio{partition=\"db\"} -0.001",
                        "bulkhead_partition_stolen_seconds_total{partition=\"db\"} 0.5",
                        "bulkhead_partition_pressure_seconds_total{partition=\"db\",resource=\"cpu\",share=\"some\"}"
                                + " 2.5",
                        "bulkhead_partition_pressure_seconds_total{partition=\"db\",resource=\"memory\",share=\"full\"}"
                                + " 0.0",
                        "bulkhead_partition_pressure_seconds_total{partition=\"db\",resource=\"io\",share=\"full\"}"
                                + " 0.25",
                        "bulkhead_api_request_seconds_bucket{method=\"GET\",path=\"/v1\",status=\"200\",le=\"0.001\"}"
                                + " 0",
                        "bulkhead_api_request_seconds_bucket{method=\"GET\",path=\"/v1\",status=\"200\",le=\"0.005\"}"
                                + " 1",
                        "bulkhead_api_request_seconds_bucket{method=\"GET\",path=\"/v1\",status=\"200\",le=\"+Inf\"} 2",
                        "bulkhead_api_request_seconds_count{method=\"GET\",path=\"/v1\",status=\"200\"} 2",
                        "bulkhead_api_request_seconds_sum{method=\"GET\",path=\"/v1\",status=\"200\"} 20.002",
                        "# TYPE bulkhead_partition_intrusion_seconds_total counter",
                        "# TYPE bulkhead_partition_memory_bytes gauge");
        assertThat(lines)
                .noneMatch(line -> line.contains("partition=\"batch\"") && line.contains("intrusion"))
                .noneMatch(line -> line.startsWith("jvm_"));
    }

    @Test
    void keepsNothingFromOnePageToTheNext() {
        String first = page.of(survey(1_500_000));
        page.of(survey(2_500_000));

        assertThat(page.of(survey(1_500_000))).isEqualTo(first);
    }

    @Test
    void tellsThatTheManagerIsAwayAndNothingThatMayHaveChanged() {
        assertThat(page.withoutManager()
                        .lines()
                        .filter(line -> !line.startsWith("#") && !line.startsWith(RequestStatistics.NAME)))
                .containsExactlyInAnyOrder(
                        "bulkhead_manager_up 0.0",
                        "bulkhead_control_plane{instance_name=\"test\",version=\"0.1.0\"} 1.0");
    }

    @Test
    void tellsOfStorageAndNetwork() {
        String text = page.of(survey(0));

        assertThat(text)
                .contains("bulkhead_host_storage_bytes{owner=\"partitions\"} 4.294967296E9")
                .contains("bulkhead_partition_slice_storage_bytes{partition=\"db\"} 4.294967296E9")
                .contains("bulkhead_partition_slice_network_bits{direction=\"in\",partition=\"db\"} 1.0E8")
                .doesNotContain("direction=\"out\"");
    }

    @Test
    void tellsOfConsoles() {
        assertThat(page.ofConsoles(List.of(CONSOLE)).lines().filter(line -> !line.startsWith("#")))
                .contains(
                        "bulkhead_console_bytes_total{partition=\"db\"} 80.0",
                        "bulkhead_console_viewers{kind=\"views\",partition=\"db\"} 5.0",
                        "bulkhead_console_lag_bytes{partition=\"db\"} 6.0",
                        "bulkhead_console_skipped_bytes_total{partition=\"db\"} 7.0",
                        "bulkhead_console_log_latency_seconds{partition=\"db\"} 0.009");
    }

    @Test
    void isListedInTheReadMe() throws IOException {
        Set<String> names = (page.of(survey(1)) + page.ofLedger(LEDGER) + page.ofConsoles(List.of(CONSOLE)))
                .lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ")[2])
                .collect(Collectors.toSet());
        String readMe = Files.readString(Path.of("README.md"));
        Set<String> listed = readMe.lines()
                .filter(line -> line.startsWith("| `bulkhead_"))
                .map(line -> line.split("`")[1].replaceFirst("\\{.*", ""))
                .collect(Collectors.toSet());

        assertThat(listed).isEqualTo(names);
    }

    @Test
    void tellsOfTheLedger() {
        assertThat(page.ofLedger(LEDGER).lines().filter(line -> !line.startsWith("#")))
                .containsExactlyInAnyOrder(
                        "bulkhead_ledger_writable 0.0",
                        "bulkhead_ledger_version 17.0",
                        "bulkhead_ledger_differences 1.0");
    }

    private static Survey survey(long highestMicros) {
        Topology topology = Samples.machine(4);
        HostStatus host = Samples.host("test", topology);
        List<HostView.Owner> owners = List.of(
                new HostView.Owner(0, "host", true),
                new HostView.Owner(1, "free", false),
                new HostView.Owner(2, "db", false),
                new HostView.Owner(3, "db", false));
        HostView view = new HostView(
                host,
                topology,
                owners,
                new HostView.Memory(
                        ByteSize.parse("8GiB"),
                        ByteSize.parse("1GiB"),
                        ByteSize.parse("1088MiB"),
                        ByteSize.parse("6080MiB")),
                new HostView.Pool(
                        CpuSet.of(0), new CpuMillis(1000), new CpuMillis(500), new CpuMillis(250), new CpuMillis(250)),
                Optional.of(new HostView.Storage(
                        ByteSize.parse("40GiB"),
                        ByteSize.parse("10GiB"),
                        ByteSize.parse("4GiB"),
                        ByteSize.parse("26GiB"))));
        return new Survey(
                view,
                List.of(status(DB, Optional.of(WHOLE))),
                List.of(
                        usage(new PartitionName("batch"), PART, Optional.empty()),
                        usage(DB, WHOLE, Optional.of(intrusion(highestMicros)))));
    }

    private static PartitionStatus status(PartitionName name, Optional<Slice> slice) {
        PartitionSpec spec = Samples.definition(name.value(), 2);
        return new PartitionStatus(
                name,
                State.RUNNING,
                Optional.empty(),
                List.of(),
                spec,
                "shell",
                slice,
                List.of(promise(true), promise(false), promise(false)),
                new ConsoleStatus(0, 0, Optional.empty()),
                Optional.of(42L),
                new UidRange(1_048_576),
                "g-1",
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Promise promise(boolean held) {
        return new Promise(Resource.MEMORY, "1GiB", "1GiB", Strength.CAPPED, held, "/memory.max", Optional.empty());
    }

    private static PartitionUsage usage(PartitionName name, Slice slice, Optional<Intrusion> intrusion) {
        return new PartitionUsage(
                name,
                State.RUNNING,
                Optional.of(slice),
                7,
                Optional.of(12_345_678L),
                Optional.of(new ByteSize(8192)),
                Optional.of(17L),
                1,
                2,
                intrusion,
                intrusion.map(watched -> new Pressure(
                        Optional.of(new Pressure.Stall(2_500_000, Optional.empty())),
                        Optional.of(new Pressure.Stall(0, Optional.of(0L))),
                        Optional.of(new Pressure.Stall(500_000, Optional.of(250_000L))))));
    }

    private static Intrusion intrusion(long highestMicros) {
        return new Intrusion(
                CpuSet.parse("2-3"),
                0,
                30_000,
                CpuTime.of(60_000_000, 10_000_000, 500_000, 48_000_000),
                CpuTime.of(20_000_000, 10_020_000, 0, 10_000_000),
                60_000,
                highestMicros,
                List.of());
    }
}
