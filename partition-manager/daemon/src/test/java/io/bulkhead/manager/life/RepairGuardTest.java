package io.bulkhead.manager.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RepairGuardTest {
    private static final List<String> MEMORY = List.of("memory");
    private static final List<String> CPUS = List.of("cpus");

    private final RepairGuard guard = new RepairGuard();

    @Test
    void repairsAtOnceWhatIsNewAndAgainAfterGrowingPauses() {
        assertThat(guard.isDue(MEMORY, 10_000)).isTrue();
        guard.failed(MEMORY, 10_000);

        assertThat(guard.isDue(MEMORY, 11_000)).isFalse();
        assertThat(guard.isDue(MEMORY, 12_000)).isTrue();
        guard.failed(MEMORY, 12_000);
        assertThat(guard.isDue(MEMORY, 15_000)).isFalse();
        assertThat(guard.isDue(CPUS, 15_000)).as("something else broke").isTrue();
    }

    @Test
    void neverPausesForLongerThanAMinute() {
        long now = 10_000;
        for (int i = 0; i < 10; i++) {
            assertThat(guard.isDue(MEMORY, now)).isTrue();
            guard.failed(MEMORY, now);
            now += 60_000;
        }
    }

    @Test
    void leavesItAloneAfterThreeRepairsForAsLongAsItStaysBroken() {
        long now = 10_000;
        for (int i = 0; i < RepairGuard.MOST; i++) {
            assertThat(guard.isDue(MEMORY, now)).isTrue();
            guard.repaired();
            now += 1000;
        }

        for (int minutes = 0; minutes < 60; minutes++) {
            assertThat(guard.isDue(MEMORY, now)).isFalse();
            now += 60_000;
        }
        assertThat(guard.isExhausted(now)).isTrue();
        assertThat(guard.isDue(MEMORY, now + RepairGuard.CALM_MILLIS))
                .as("it has held for ten minutes")
                .isTrue();
    }
}
