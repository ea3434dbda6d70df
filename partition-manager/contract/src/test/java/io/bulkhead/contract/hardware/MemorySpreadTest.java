package io.bulkhead.contract.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemorySpreadTest {
    private final MemorySpread spread = new MemorySpread(Map.of(0, 10L, 1, 10L, 3, 4L));

    @Test
    void fillsNodesInTheOrderInWhichTheyAreNamed() {
        assertThat(spread.add(List.of(1, 0), 12)).isTrue();

        assertThat(spread.share(0)).isEqualTo(Map.of(1, 10L, 0, 2L));
        assertThat(spread.free(0)).isEqualTo(8);
        assertThat(spread.free()).isEqualTo(12);
    }

    @Test
    void movesWhatMayLieElsewhereOutOfTheWay() {
        spread.add(List.of(0, 1), 8);
        spread.add(List.of(1, 3), 6);

        assertThat(spread.add(List.of(0), 10)).isTrue();

        assertThat(spread.share(0)).isEqualTo(Map.of(1, 8L));
        assertThat(spread.share(1)).isEqualTo(Map.of(1, 2L, 3, 4L));
    }

    @Test
    void refusesOnlyWhatHasNoPlaceAtAllAndThenChangesNothing() {
        spread.add(List.of(0, 1), 8);
        spread.add(List.of(0), 7);

        assertThat(spread.add(List.of(0), 4)).isFalse();
        assertThat(spread.owners()).isEqualTo(2);
        assertThat(spread.share(0)).isEqualTo(Map.of(0, 3L, 1, 5L));
        assertThat(spread.free()).isEqualTo(9);
        assertThat(spread.room(List.of(0))).isEqualTo(3);
        assertThat(spread.add(List.of(0), 3)).isTrue();
    }

    @Test
    void takesWhatFitsOfAnOwnerThatHasMoreThanThereIs() {
        assertThat(spread.addWhatFits(List.of(3, 7), 6)).isEqualTo(2);

        assertThat(spread.free(3)).isZero();
        assertThat(spread.free(7)).isZero();
    }
}
