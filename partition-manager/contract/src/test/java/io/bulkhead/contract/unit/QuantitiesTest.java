package io.bulkhead.contract.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({"0B,0", "17B,17", "1KiB,1024", "512MiB,536870912", "1.5GiB,1610612736", "2 TiB,2199023255552"})
    void readsSizesExactly(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5MB", "-1MiB", "1.0000001KiB", "MiB", "9999999999PiB", "0x10B", "1e3B", "٣MiB"})
    void refusesWhatIsNoExactSizeWithUnit(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void namesTheUnitsWhenOneIsMissing() {
        assertThatThrownBy(() -> ByteSize.parse("512"))
                .hasMessageContaining("no unit")
                .hasMessageContaining("MiB");
    }

    @Property
    void readsBackEverySizeItWrites(@ForAll @LongRange(min = 0) long bytes) {
        ByteSize size = new ByteSize(bytes);

        assertThat(ByteSize.parse(size.toString())).isEqualTo(size);
    }

    @Property
    void readsBackEveryRateItWrites(@ForAll @LongRange(min = 1) long bytes) {
        ByteRate rate = new ByteRate(bytes);

        assertThat(ByteRate.parse(rate.toString())).isEqualTo(rate);
    }

    @Property
    void readsBackEveryAmountOfCpuItWrites(@ForAll @LongRange(min = 0, max = 999_999_999) long millis) {
        CpuMillis amount = new CpuMillis(millis);

        assertThat(CpuMillis.parse(amount.toString())).isEqualTo(amount);
    }

    @ParameterizedTest
    @ValueSource(strings = {"50MiB", "0B/s", "50/s", "50MiB/min"})
    void refusesWhatIsNoRate(String text) {
        assertThatThrownBy(() -> ByteRate.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"500", "0/s", "4294967296/s", "1.5/s", "-1/s"})
    void refusesWhatIsNoRateOfOperations(String text) {
        assertThatThrownBy(() -> OperationRate.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0001", "-1", "1,5", "half", "", "1e2"})
    void refusesWhatIsNoAmountOfCpu(String text) {
        assertThatThrownBy(() -> CpuMillis.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void neverOverflowsSilently() {
        assertThatThrownBy(() -> new ByteSize(Long.MAX_VALUE).plus(new ByteSize(1)))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new ByteSize(1).minus(new ByteSize(2))).isInstanceOf(IllegalArgumentException.class);
    }
}
