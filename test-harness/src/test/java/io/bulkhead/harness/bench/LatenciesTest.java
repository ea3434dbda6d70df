package io.bulkhead.harness.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void takesPercentilesByTheNearestRank() {
        Latencies latencies =
                Latencies.of(LongStream.rangeClosed(1, 2000).map(i -> 2001 - i).toArray(), 3, "no answer");

        assertThat(latencies).isEqualTo(new Latencies(2000, 3, "no answer", 1000, 1980, 1998, 2000));
    }

    @Test
    void aFewCallsHaveTheLongestForTheirHighPercentiles() {
        assertThat(Latencies.of(new long[] {7, 5, 9}, 0, "")).isEqualTo(new Latencies(3, 0, "", 7, 9, 9, 9));
        assertThat(Latencies.of(new long[] {7}, 1, "x")).isEqualTo(new Latencies(1, 1, "x", 7, 7, 7, 7));
        assertThatThrownBy(() -> Latencies.of(new long[0], 0, "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneSlowCallInAHundredIsNotInP99ButInP999() {
        long[] nanos = LongStream.range(0, 1000).map(i -> i < 990 ? 10 : 500).toArray();

        Latencies latencies = Latencies.of(nanos, 0, "");

        assertThat(latencies.p99Nanos()).isEqualTo(10);
        assertThat(latencies.p999Nanos()).isEqualTo(500);
    }

    @Test
    void readsWhatAVictimSays() {
        assertThat(Latencies.parse("errors 0 \ntook 30\ntook 10\ntook 20\n"))
                .isEqualTo(new Latencies(3, 0, "", 20, 30, 30, 30));
        assertThat(Latencies.parse("errors 1 no watch: No space left\ntook 30\n")
                        .why())
                .isEqualTo("no watch: No space left");
    }

    @Test
    void refusesAVictimThatServedNobody() {
        assertThatThrownBy(() -> Latencies.parse("no connection: Connection refused\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Connection refused");
        assertThatThrownBy(() -> Latencies.parse("errors 0 \n")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void severalStretchesAreOneByTheirMediansAndTheSumsOfWhatWasDone() {
        Latencies quiet = new Latencies(10, 0, "", 5, 100, 110, 120);
        Latencies usual = new Latencies(10, 0, "", 6, 104, 120, 130);
        Latencies disturbed = new Latencies(10, 2, "no answer", 7, 900, 950, 2000);

        assertThat(Latencies.medianOf(List.of(disturbed, quiet, usual)))
                .isEqualTo(new Latencies(30, 2, "no answer", 6, 104, 120, 2000));
        assertThat(usual.p99RatioTo(quiet)).isEqualTo(1.04);
    }
}
