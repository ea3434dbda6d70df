package io.bulkhead.manager.intrusion;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.CpuTime;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.Intrusion.Interrupt;
import io.bulkhead.manager.intrusion.Account.Reading;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccountTest {
    private static final CpuSet CPUS = CpuSet.parse("1-2");

    /** The host at a second: how long each of the two CPUs has been idle by then, and how much the partition has used. */
    private static Reading at(long second, long idleMicros1, long idleMicros2, long ownMicros) {
        return at(second, Map.of(1, new CpuClock(idleMicros1, 0), 2, new CpuClock(idleMicros2, 0)), ownMicros);
    }

    private static Reading at(long second, Map<Integer, CpuClock> cpus, long ownMicros) {
        long nanos = second * 1_000_000_000L;
        // 70 us pass between the look at the host and the end of that at the partition.
        return new Reading(new Sample(nanos, second * 1000, cpus, InterruptCounts.NONE), ownMicros, nanos + 70_000);
    }

    @Test
    void chargesNothingToOthersWhereThePartitionUsedAllThatWasNotIdle() {
        Account account = Account.begin(CPUS, at(0, 0, 0, 500));

        Intrusion intrusion = account.next(at(10, 4_000_000, 10_000_000, 6_000_500))
                .intrusion()
                .orElseThrow();

        assertThat(intrusion.window()).isEqualTo(CpuTime.of(20_000_000, 6_000_000, 0, 14_000_000));
        assertThat(intrusion.window().intrusionMicros()).isZero();
        assertThat(intrusion.highestMicros()).isZero();
    }

    @Test
    void chargesToOthersWhatNobodyElseHadAndNotWhatAHypervisorStole() {
        Account account = Account.begin(CPUS, at(0, 0, 0, 0));

        Intrusion intrusion = account.next(
                        at(10, Map.of(1, new CpuClock(7_000_000, 1_000_000), 2, new CpuClock(10_000_000, 0)), 500_000))
                .intrusion()
                .orElseThrow();

        assertThat(intrusion.window()).isEqualTo(CpuTime.of(20_000_000, 500_000, 1_000_000, 17_000_000));
        assertThat(intrusion.window().intrusionMicros()).isEqualTo(1_500_000);
        assertThat(intrusion.window().intrusionPerMille()).isEqualTo(75);
        assertThat(intrusion.sinceMillis()).isZero();
        assertThat(intrusion.untilMillis()).isEqualTo(10_000);
    }

    @Test
    void addsWindowsUpAndNeitherHidesNorKeepsTheReadingError() {
        Account account = Account.begin(CPUS, at(0, 0, 0, 0))
                .next(at(10, 0, 10_000_000, 10_020_000))
                .next(at(20, 0, 20_000_000, 19_990_000));

        Intrusion intrusion = account.intrusion().orElseThrow();

        assertThat(intrusion.window().intrusionMicros()).isEqualTo(30_000);
        assertThat(intrusion.total().intrusionMicros()).isEqualTo(10_000);
        assertThat(intrusion.highestMicros()).isEqualTo(10_000);
        assertThat(intrusion.errorMicros()).isEqualTo(2 * (30_000 + 70));
    }

    @Test
    void showsAnIntrusionBelowZeroAsItWasReadButNeverLetsACounterFall() {
        Account once = Account.begin(CPUS, at(0, 0, 0, 0)).next(at(10, 9_900_000, 10_000_000, 0));
        Account twice = once.next(at(20, 19_900_000, 20_000_000, 20_000));

        assertThat(twice.intrusion().orElseThrow().window().intrusionMicros()).isEqualTo(-20_000);
        assertThat(twice.intrusion().orElseThrow().total().intrusionMicros()).isEqualTo(80_000);
        assertThat(twice.intrusion().orElseThrow().highestMicros()).isEqualTo(100_000);
    }

    @Test
    void leavesOutAWindowInWhichACpuWasNotThere() {
        Map<Integer, CpuClock> alone = Map.of(1, new CpuClock(20_000_000, 0));
        Account account = Account.begin(CPUS, at(0, 0, 0, 0))
                .next(at(10, 10_000_000, 10_000_000, 0))
                .next(at(20, alone, 7))
                .next(at(30, 30_000_000, 10_000_000, 8));

        assertThat(account.intrusion().orElseThrow().untilMillis()).isEqualTo(10_000);

        Intrusion intrusion =
                account.next(at(40, 40_000_000, 20_000_000, 8)).intrusion().orElseThrow();

        assertThat(intrusion.total()).isEqualTo(CpuTime.of(40_000_000, 0, 0, 40_000_000));
        assertThat(intrusion.untilMillis()).isEqualTo(40_000);
        assertThat(intrusion.errorMicros()).isEqualTo(2 * 2 * (30_000 + 70));
    }

    @Test
    void leavesOutAWindowThatWasInterrupted() {
        Account account = Account.begin(CPUS, at(0, 0, 0, 0))
                .next(at(10, 10_000_000, 10_000_000, 0))
                .interrupted()
                .next(at(20, 10_000_000, 20_000_000, 0))
                .next(at(30, 20_000_000, 30_000_000, 0));

        assertThat(account.intrusion().orElseThrow().total()).isEqualTo(CpuTime.of(40_000_000, 0, 0, 40_000_000));
    }

    @Test
    void leavesOutAWindowInWhichTheGroupWasMadeAnew() {
        Account account = Account.begin(CPUS, at(0, 0, 0, 9_000_000)).next(at(10, 10_000_000, 10_000_000, 3));

        assertThat(account.intrusion()).isEmpty();
        assertThat(account.next(at(20, 20_000_000, 20_000_000, 3))
                        .intrusion()
                        .orElseThrow()
                        .total())
                .isEqualTo(CpuTime.of(20_000_000, 0, 0, 20_000_000));
    }

    @Test
    void namesTheInterruptsThatFiredMostOnTheseCpus() {
        InterruptCounts before =
                counts(Map.of("36", line("disk", 5, 5, 5), "LOC", line("timer", 0, 4_294_967_290L, 0)));
        InterruptCounts after = counts(Map.of(
                "36",
                line("disk", 900, 8, 5),
                "LOC",
                line("timer", 900, 4, 20),
                "40",
                line("net", 0, 1, 0),
                "41",
                line("elsewhere", 7, 0, 0)));

        assertThat(after.since(before, CPUS, 2))
                .containsExactly(new Interrupt("LOC", "timer", 30), new Interrupt("36", "disk", 3));
        assertThat(after.since(before, CPUS, 5)).extracting(Interrupt::irq).containsExactly("LOC", "36", "40");
    }

    private static InterruptCounts counts(Map<String, InterruptCounts.Line> lines) {
        return new InterruptCounts(List.of(0, 1, 2), lines);
    }

    private static InterruptCounts.Line line(String description, Long... counts) {
        return new InterruptCounts.Line(description, List.of(counts));
    }

    private static InterruptCounts.Line line(String description, long cpu0, long cpu1, long cpu2) {
        return line(description, new Long[] {cpu0, cpu1, cpu2});
    }
}
