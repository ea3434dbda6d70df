package io.bulkhead.harness.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void takesTheMiddleOfAnOddCount() {
        assertThat(Figures.of(List.of(9L, 1L, 4L))).isEqualTo(new Figures(3, 1, 4, 9));
    }

    @Test
    void takesTheMeanOfTheTwoInTheMiddleOfAnEvenCount() {
        assertThat(Figures.of(List.of(10L, 2L, 4L, 100L))).isEqualTo(new Figures(4, 2, 7, 100));
    }

    @Test
    void hasNoFiguresOfNothing() {
        assertThatThrownBy(() -> Figures.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void comparesMedians() {
        assertThat(new Figures(3, 1, 6, 9).ratioTo(new Figures(3, 1, 4, 9))).isEqualTo(1.5);
    }

    @Test
    void writesMillisecondsWithTwoDecimals() {
        assertThat(Figures.millis(7_356_000)).isEqualTo("7.36");
    }
}
