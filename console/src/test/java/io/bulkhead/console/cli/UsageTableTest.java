package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.partition.CpuTime;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.Pressure;
import io.bulkhead.contract.partition.State;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageTableTest {
    private static final List<PartitionUsage> BEFORE =
            List.of(Samples.usage("db", 1000, 500_000, "64MiB", 9), Samples.usage("web", 1000, 0, "64MiB", 9));
    private static final List<PartitionUsage> NOW = List.of(
            Samples.usage("db", 3000, 900_000, "512MiB", 17), Samples.usage("web", 3000, 1_998_000, "128MiB", 5));

    @Test
    void showsTheShareOfTheSliceBetweenTwoMeasurements() {
        String table = new UsageTable(UsageTable.Order.cpu, false).render(BEFORE, NOW);

        assertThat(table.lines())
                .containsExactly(
                        "NAME  STATE      CPU  OF      MEMORY  SHARE     OF  TASKS   OF  INTRUSION  WAITED FOR  OOM KILLS  REFUSED",
                        "web   running  99.9%  1 (1)  128 MiB  12.5%  1 GiB      5  512         3‰  -                   0        0",
                        "db    running  20.0%  1 (1)  512 MiB  50.0%  1 GiB     17  512         3‰  -                   0        0");
    }

    @ParameterizedTest
    @CsvSource({"cpu, web", "memory, db", "tasks, db", "name, db", "intrusion, db"})
    void sortsTheLargestFirst(UsageTable.Order order, String first) {
        assertThat(new UsageTable(order, false).render(BEFORE, NOW).lines().skip(1))
                .first()
                .asString()
                .startsWith(first);
    }

    @Test
    void showsWhatIsNotKnownAsADash() {
        PartitionUsage defined = new PartitionUsage(
                new PartitionName("batch"),
                State.DEFINED,
                Optional.empty(),
                3000,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                Optional.empty());

        String table = new UsageTable(UsageTable.Order.cpu, false).render(List.of(), List.of(defined));

        assertThat(table.lines().toList().get(1).split(" +"))
                .containsExactly("batch", "defined", "-", "-", "-", "-", "-", "-", "-", "-", "-", "0", "0");
    }

    @Test
    void showsWhatTasksWaitedForMost() {
        // Given two samples two seconds apart
        List<PartitionUsage> before = List.of(waiting("db", 1000, 5_000, 7), waiting("web", 1000, 0, 0));
        List<PartitionUsage> now = List.of(waiting("db", 3000, 205_000, 1_000_007), waiting("web", 3000, 4_000, 0));

        // When
        List<String> rows = new UsageTable(UsageTable.Order.pressure, false)
                .render(before, now)
                .lines()
                .toList();

        // Then
        assertThat(rows.get(1)).startsWith("db").contains("  io 50.0%  ");
        assertThat(rows.get(2)).startsWith("web").contains("  cpu 0.2%  ");
    }

    private static PartitionUsage waiting(String name, long timeMillis, long cpuMicros, long ioMicros) {
        PartitionUsage sample = Samples.usage(name, timeMillis, 0, "64MiB", 9);
        return new PartitionUsage(
                sample.partition(),
                sample.state(),
                sample.slice(),
                sample.timeMillis(),
                sample.cpuMicros(),
                sample.memory(),
                sample.tasks(),
                0,
                0,
                sample.intrusion(),
                Optional.of(new Pressure(
                        Optional.of(new Pressure.Stall(cpuMicros, Optional.empty())),
                        Optional.empty(),
                        Optional.of(new Pressure.Stall(ioMicros, Optional.empty())))));
    }

    @Test
    void showsNoCpuTimeOfGroupsThatWereMadeAnew() {
        List<PartitionUsage> anew = List.of(Samples.usage("db", 3000, 17, "1MiB", 1));

        assertThat(new UsageTable(UsageTable.Order.cpu, false)
                        .render(BEFORE, anew)
                        .lines()
                        .toList()
                        .get(1)
                        .split(" +")[2])
                .isEqualTo("-");
    }

    @ParameterizedTest
    @CsvSource({"-50000, 0‰, PLAIN", "30000, 3‰, PLAIN", "15000, 1‰, PLAIN", "900000, 90‰, BAD"})
    void showsReadingErrorAsNothingAndColoursWhatIsBeyondIt(long micros, String text, String tone) {
        Intrusion sample = Samples.intrusion();
        Intrusion intrusion = new Intrusion(
                sample.cpus(),
                0,
                0,
                CpuTime.NONE,
                CpuTime.of(10_000_000, 5_000_000, 0, 5_000_000 - micros),
                sample.errorMicros(),
                0,
                List.of());

        assertThat(UsageTable.intrusion(intrusion).text()).isEqualTo(text);
        assertThat(UsageTable.intrusion(intrusion).tone()).hasToString(tone);
    }
}
