package io.bulkhead.manager.keeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.StuckInterrupt;
import io.bulkhead.contract.partition.Isolation;
import io.bulkhead.contract.partition.Isolation.Level;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.manager.steering.SteeringReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IsolationReadingTest {
    private static final CpuSlice TWO = new CpuSlice.Whole(CpuSet.of(2, 3));
    private static final SteeringReport QUIET =
            new SteeringReport(CpuSet.of(2, 3), Optional.of(CpuSet.of(0, 1)), List.of());
    private static final BootFacts TICKLESS = new BootFacts(Optional.of(CpuSet.of(1, 2, 3)));
    private static final BootFacts TICKING = new BootFacts(Optional.of(CpuSet.EMPTY));

    private static List<Promise> cpus(Strength strength, boolean held) {
        return List.of(new Promise(
                Resource.CPUS,
                "2 CPUs (2-3)",
                held ? "2 CPUs (2-3)" : "0-3",
                strength,
                held,
                "cpuset.cpus.partition",
                held ? Optional.empty() : Optional.of("it says 'root invalid'")));
    }

    private static IsolationReading reading(SteeringReport steering, BootFacts boot) {
        return new IsolationReading(true, steering, boot, Map.of(), false);
    }

    @Test
    void aPartOfACpuSharesThePool() {
        Isolation found = reading(QUIET, TICKLESS).of(new CpuSlice.Part(new CpuMillis(500)), List.of());

        assertThat(found.level()).isEqualTo(Level.SHARED_POOL);
        assertThat(found.raise()).singleElement().asString().contains("whole CPUs");
    }

    @Test
    void wholeCpusAreSharedWhereTheHostMayRunThere() {
        Isolation found = reading(QUIET, TICKLESS).of(TWO, cpus(Strength.SHARED_WITH_HOST, true));

        assertThat(found.level()).isEqualTo(Level.SHARED_WITH_HOST);
        assertThat(found.raise()).singleElement().asString().contains("host.confine = true");
    }

    @Test
    void aBrokenPromiseIsNoIsolationWhateverItsStrength() {
        Isolation found = reading(QUIET, TICKLESS).of(TWO, cpus(Strength.EXCLUSIVE, false));

        assertThat(found)
                .isEqualTo(new Isolation(
                        Level.SHARED_WITH_HOST, List.of("its CPUs are not held: it says 'root invalid'")));
    }

    @Test
    void anInterruptThatStaysHoldsItBack() {
        SteeringReport stuck = new SteeringReport(
                CpuSet.of(2, 3),
                Optional.of(CpuSet.of(0, 1)),
                List.of(
                        new StuckInterrupt(33, "nvme0q3", CpuSet.of(3), "Operation not permitted"),
                        new StuckInterrupt(34, "nvme0q1", CpuSet.of(1), "Operation not permitted")));

        assertThat(reading(stuck, TICKLESS).of(TWO, cpus(Strength.EXCLUSIVE, true)))
                .isEqualTo(new Isolation(
                        Level.EXCLUSIVE,
                        List.of("interrupt 33 (nvme0q3) kept by the kernel on CPU 3:" + " Operation not permitted")));
    }

    @Test
    void manyInterruptsWithTheSameReasonAreOneLine() {
        List<StuckInterrupt> queues = IntStream.range(0, 4)
                .mapToObj(i ->
                        new StuckInterrupt(30 + i, "nvme" + i + "q3", CpuSet.of(2 + i % 2), "Operation not permitted"))
                .toList();
        SteeringReport stuck = new SteeringReport(CpuSet.of(2, 3), Optional.of(CpuSet.of(0, 1)), queues);

        assertThat(reading(stuck, TICKLESS)
                        .of(TWO, cpus(Strength.EXCLUSIVE, true))
                        .raise())
                .containsExactly(
                        "interrupts 30 (nvme0q3), 31 (nvme1q3), 32 (nvme2q3), 33 (nvme3q3) kept by the kernel on"
                                + " CPUs 2-3: Operation not permitted");
    }

    @Test
    void workersOnTheSliceHoldItBack() {
        SteeringReport shared = new SteeringReport(CpuSet.of(2, 3), Optional.of(CpuSet.parse("0-3")), List.of());

        assertThat(reading(shared, TICKLESS).of(TWO, cpus(Strength.EXCLUSIVE, true)))
                .isEqualTo(new Isolation(Level.EXCLUSIVE, List.of("unbound workqueues may run on CPUs 2-3")));
    }

    @Test
    void namesTheOwnerOfAThreadOfTheSameCore() {
        IsolationReading reading = new IsolationReading(true, QUIET, TICKLESS, Map.of(5, "db"), false);

        Isolation found = reading.of(TWO, cpus(Strength.EXCLUSIVE, true));

        assertThat(found.level()).isEqualTo(Level.EXCLUSIVE);
        assertThat(found.raise()).singleElement().asString().contains("CPU 5").contains("belongs to db");
    }

    @Test
    void tellsHowToSteerWhereItIsOff() {
        SteeringReport busy = new SteeringReport(
                CpuSet.of(2, 3),
                Optional.of(CpuSet.parse("0-1")),
                List.of(new StuckInterrupt(24, "eth0", CpuSet.of(2), "it may fire on CPUs 0-3")));
        IsolationReading reading = new IsolationReading(false, busy, TICKLESS, Map.of(), false);

        Isolation found = reading.of(TWO, cpus(Strength.EXCLUSIVE, true));

        assertThat(found.level()).isEqualTo(Level.EXCLUSIVE);
        assertThat(found.raise().get(0)).contains("host.steer_interrupts = true");
        assertThat(found.raise().get(1)).isEqualTo("interrupt 24 (eth0) may fire on CPU 2: it may fire on CPUs 0-3");
    }

    @Test
    void withoutTheTicksParametersItIsSteered() {
        assertThat(reading(QUIET, TICKING).of(TWO, cpus(Strength.EXCLUSIVE, true)))
                .isEqualTo(new Isolation(Level.STEERED, List.of("boot with nohz_full=2-3 rcu_nocbs=2-3")));
    }

    @Test
    void balancedCpusAreNotTickless() {
        IsolationReading balanced = new IsolationReading(true, QUIET, TICKLESS, Map.of(), true);

        Isolation found = balanced.of(TWO, cpus(Strength.EXCLUSIVE, true));

        assertThat(found.level()).isEqualTo(Level.STEERED);
        assertThat(found.raise()).singleElement().asString().contains("isolated");
    }

    @Test
    void nothingIsHigherThanTickless() {
        assertThat(reading(QUIET, TICKLESS).of(TWO, cpus(Strength.EXCLUSIVE, true)))
                .isEqualTo(new Isolation(Level.TICKLESS, List.of()));
    }
}
