package io.bulkhead.contract.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuSetTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0-3,5|0-3,5", "3,1,2|1-3", "7|7", "0-0|0", "1-2,2-4|1-4"})
    void writesTheKernelsListFormat(String text, String canonical) {
        assertThat(CpuSet.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "1-", "-1", "3-1", "1,,2", "1-2-3", "99999", "8192", "1 2", "٣"})
    void refusesWhatIsNoList(String text) {
        assertThatThrownBy(() -> CpuSet.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void readsTheEmptyLineOfTheKernelAsTheEmptySet() {
        assertThat(CpuSet.parse("\n")).isEqualTo(CpuSet.EMPTY);
    }

    @Property
    void readsBackEverySetItWrites(@ForAll Set<@IntRange(max = 8191) Integer> ids) {
        CpuSet set = CpuSet.of(ids);

        assertThat(CpuSet.parse(set.toString())).isEqualTo(set);
        assertThat(set.ids()).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Property
    void keepsTheLawsOfSets(
            @ForAll Set<@IntRange(max = 63) Integer> left, @ForAll Set<@IntRange(max = 63) Integer> right) {
        CpuSet a = CpuSet.of(left);
        CpuSet b = CpuSet.of(right);

        assertThat(a.minus(b).union(a.intersection(b))).isEqualTo(a);
        assertThat(a.intersects(b)).isEqualTo(!a.intersection(b).isEmpty());
        assertThat(a.union(b).containsAll(a)).isTrue();
        assertThat(a.union(b).size()).isEqualTo(a.size() + b.minus(a).size());
    }
}
