package io.bulkhead.console.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What loads print, and whether it agrees with what was promised. */
class JudgeTest {
    private static final CpuSlice ONE = new CpuSlice.Whole(CpuSet.of(3));
    private static final CpuSlice QUARTER = new CpuSlice.Part(new CpuMillis(250));

    @ParameterizedTest
    @CsvSource({
        "1000, 1, EXCLUSIVE, true",
        "1099, 1, EXCLUSIVE, true",
        "1101, 1, EXCLUSIVE, false",
        "899, 1, EXCLUSIVE, false",
        "899, 1, SHARED_WITH_HOST, true",
        "299, 1, SHARED_WITH_HOST, false",
        "1000, 2, EXCLUSIVE, false"
    })
    void judgesAWholeCpuByItsTimeAndByWhatIsSeen(long millis, int nproc, Strength strength, boolean held) {
        assertThat(Judge.cpu(ONE, strength, new Probes.CpuUse(millis, 1000, nproc)))
                .isEqualTo(held);
    }

    @ParameterizedTest
    @CsvSource({"250, true", "275, true", "276, false", "75, true", "74, false"})
    void judgesAPartOfACpuByItsTime(long millis, boolean held) {
        assertThat(Judge.cpu(QUARTER, Strength.ENTITLED, new Probes.CpuUse(millis, 1000, 1)))
                .isEqualTo(held);
    }

    @ParameterizedTest
    @CsvSource({"120, 9, true", "128, 9, true", "129, 9, false", "63, 9, false", "120, 0, false", "120, 11, false"})
    void judgesMemoryByTheKillAndByHowFarItCame(long mebibytes, int signal, boolean held) {
        assertThat(Judge.memory(
                        ByteSize.ofMebibytes(128), new Probes.MemoryUse(ByteSize.ofMebibytes(mebibytes), signal)))
                .isEqualTo(held);
    }

    @ParameterizedTest
    @CsvSource({"60, 11, true", "64, 11, false", "39, 11, false", "60, 0, false", "60, 12, false"})
    void judgesTasksByTheForkThatFails(int forked, int error, boolean held) {
        assertThat(Judge.tasks(64, new Probes.TaskUse(forked, error))).isEqualTo(held);
    }

    @ParameterizedTest
    @CsvSource({"20, true", "1, true", "22, true", "23, false", "0, false"})
    void judgesARateByItsUpperBound(long mebibytes, boolean held) {
        Probes.Transfer transfer = new Probes.Transfer(mebibytes << 20, 1_000_000);

        assertThat(Judge.rate(ByteRate.parse("20MiB/s"), transfer)).isEqualTo(held);
    }

    @Test
    void readsWhatTheLoadsPrint() {
        assertThat(Probes.cpuUse("noise\ncpu_millis=500 wall_millis=2000 nproc=1\n"))
                .hasValueSatisfying(use -> assertThat(use.share()).isEqualTo(250));
        assertThat(Probes.memoryUse("reached_mebibytes=120 signal=9\n"))
                .contains(new Probes.MemoryUse(ByteSize.ofMebibytes(120), 9));
        assertThat(Probes.taskUse("forked=60 error=11\n")).contains(new Probes.TaskUse(60, 11));
        assertThat(Probes.transfer("40+0 records out\n41943040 bytes (42 MB, 40 MiB) copied, 2.00012 s, 21.0 MB/s\n"))
                .contains(new Probes.Transfer(41_943_040, 2_000_120));
        assertThat(Probes.serviceUse("status=200 slowest_micros=15\n{\"hostname\":\"critical\"}"))
                .contains(new Probes.ServiceUse(200, 15, "{\"hostname\":\"critical\"}"));
        assertThat(Probes.cpuUse("sh: perl: not found")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a, a, true, true",
        "a, b, true, false",
        "a, b, false, true",
        "a, a, false, false",
        "a, (nothing), false, false"
    })
    void comparesTheSystems(String host, String partition, boolean same, boolean held) {
        assertThat(SameSystem.line(new PartitionName("db"), "x", "y", host, partition, same)
                        .held())
                .isEqualTo(held);
    }

    // ---- the loads themselves, on this host

    @Test
    void theLoadsRunWithPerlAlone() throws IOException {
        assertThat(Probes.cpuUse(onHost(Probes.cpu(0, 1)))).isPresent();
        assertThat(Probes.memoryUse(onHost(Probes.memory(ByteSize.ofMebibytes(2)))))
                .contains(new Probes.MemoryUse(ByteSize.ofMebibytes(2), 0));
        assertThat(Probes.taskUse(onHost(Probes.tasks(3)))).contains(new Probes.TaskUse(3, 0));
    }

    private static String onHost(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    // ---- the machine

    @Test
    void refusesAMachineWithOneCpuOrLittleMemory() {
        assertThatThrownBy(() -> Sizing.check(machine(1, 1, "8GiB")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("1 CPU");
        assertThatThrownBy(() -> Sizing.check(machine(2, 1, "512MiB")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("memory");
        Sizing.check(machine(2, 1, "2GiB"));
    }

    @Test
    void fitsDefinitionsToASmallMachine() {
        PartitionSpec spec = Samples.spec("critical");

        PartitionSpec small = Sizing.fit(spec, machine(2, 2, "2GiB"), ByteSize.parse("1GiB"), false);
        PartitionSpec large = Sizing.fit(spec, machine(4, 1, "64GiB"), ByteSize.parse("60GiB"), true);

        assertThat(small.claim().memory()).isEqualTo(ByteSize.parse("256MiB"));
        assertThat(small.claim().cpus())
                .isInstanceOfSatisfying(CpuClaim.Whole.class, whole -> assertThat(whole.threads())
                        .isEqualTo(CpuClaim.Threads.ANY));
        assertThat(large).isEqualTo(spec);
    }

    @Test
    void makesSettingsThatAreValid(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("bulkhead.conf");
        Files.writeString(
                file,
                Stage.settingsText(
                        Path.of("/var/tmp/bulkhead-demo-1"),
                        machine(2, 2, "8GiB"),
                        "10.213.77.0/28",
                        Optional.of("bhdemo-out")));

        var settings = SettingsLoader.load(file, Map.of());

        assertThat(settings.instance()).hasToString("bulkhead-demo");
        assertThat(settings.host().pool()).contains(CpuSet.of(0));
        assertThat(settings.network().uplink()).contains("bhdemo-out");
        assertThat(settings.runDirectory()).isEqualTo(Path.of("/var/tmp/bulkhead-demo-1/run"));
    }

    /** Cores of so many threads. */
    private static Topology machine(int cpus, int threads, String memory) {
        return new Topology(
                IntStream.range(0, cpus)
                        .mapToObj(id -> new Topology.Cpu(id, 0, id / threads, 0))
                        .toList(),
                List.of(new Topology.Node(0, ByteSize.parse(memory))));
    }
}
