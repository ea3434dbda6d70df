package io.bulkhead.contract.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class FaultTest {
    private static final List<String> KNOWN = List.of("cpus", "memory", "cpu_reserve", "memory_reserve", "stopTimeout");

    @Test
    void readsLikeACompilersMessage() {
        Fault withKey = new Fault(Place.of("a.yaml", 4, 9), "partitions.db.cpus", "it is wrong");
        Fault withoutKey = new Fault(Place.of("b.conf", 2), "", "it is wrong");

        assertThat(withKey).hasToString("a.yaml:4:9: partitions.db.cpus: it is wrong");
        assertThat(withoutKey).hasToString("b.conf:2: it is wrong");
        assertThat(Place.of("--override x.y")).hasToString("--override x.y");
    }

    @Test
    void refusesPlacesThatCannotBe() {
        assertThatThrownBy(() -> Place.of("a", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Place("a", OptionalInt.empty(), OptionalInt.of(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void guessesMisspeltWords() {
        assertThat(NearestWord.of("memroy", KNOWN)).contains("memory");
        assertThat(NearestWord.of("CPUs", KNOWN)).contains("cpus");
        assertThat(NearestWord.of("cpu-reserve", KNOWN)).contains("cpu_reserve");
        assertThat(NearestWord.of("stop_timeout", KNOWN)).contains("stopTimeout");
        assertThat(NearestWord.hint("memory_reserv", KNOWN)).isEqualTo("; did you mean memory_reserve?");
    }

    @Test
    void doesNotGuessWildly() {
        assertThat(NearestWord.of("zebra", KNOWN)).isEmpty();
        assertThat(NearestWord.hint("", KNOWN)).isEmpty();
    }
}
