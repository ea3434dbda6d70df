package io.bulkhead.contract.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuTimeTest {
    @Test
    void givesOthersWhatNobodyElseHad() {
        CpuTime time = CpuTime.of(1000, 300, 50, 600);

        assertThat(time.intrusionMicros()).isEqualTo(50);
        assertThat(time.plus(CpuTime.of(1000, 1004, 0, 0))).isEqualTo(CpuTime.of(2000, 1304, 50, 600));
    }

    @ParameterizedTest
    @CsvSource({"1000, 999, 1", "1000000, 1, 999", "1000, 1001, -1", "3000, 1, 999", "0, 0, 0"})
    void roundsTheShareOfOthersDown(long total, long partition, long perMille) {
        assertThat(CpuTime.of(total, partition, 0, 0).intrusionPerMille()).isEqualTo(perMille);
    }

    @Test
    void refusesPartsThatDoNotAddUp() {
        assertThatThrownBy(() -> new CpuTime(10, 1, 2, 3, 5)).hasMessageContaining("add up");
        assertThatThrownBy(() -> CpuTime.of(-1, 0, 0, 0)).hasMessageContaining("negative");
    }
}
