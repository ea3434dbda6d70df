package io.bulkhead.manager.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bulkhead.contract.hardware.CpuSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuMaskTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0-3|f", "2|4", "0-1,3|b", "31|80000000", "32|1,00000000", "0,63,64|1,80000000,00000001"})
    void writesAndReadsTheKernelsMasks(String list, String mask) {
        assertThat(CpuMask.format(CpuSet.parse(list))).isEqualTo(mask);
        assertThat(CpuMask.parse(mask)).isEqualTo(CpuSet.parse(list));
    }

    @Test
    void readsMasksWithMoreWordsThanNeeded() {
        assertThat(CpuMask.parse("00000000,0000000f\n")).isEqualTo(CpuSet.parse("0-3"));
    }

    @Test
    void refusesWhatIsNoMask() {
        assertThatIllegalArgumentException().isThrownBy(() -> CpuMask.parse("0-3"));
    }
}
