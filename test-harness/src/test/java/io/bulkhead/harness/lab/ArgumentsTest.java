package io.bulkhead.harness.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.harness.lab.Arguments.Verb;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {
    @Test
    void readsACommandForAGuest() {
        Arguments arguments = parse("exec small-2-cpu --release 12 --deadline 30 -- sh -c exit --all");

        assertThat(arguments.verb()).isEqualTo(Verb.EXEC);
        assertThat(arguments.topologies()).containsExactly("small-2-cpu");
        assertThat(arguments.release()).contains(Release.BOOKWORM);
        assertThat(arguments.deadline()).contains(Duration.ofSeconds(30));
        assertThat(arguments.command()).containsExactly("sh", "-c", "exit", "--all");
    }

    @Test
    void readsATestRun() {
        Arguments arguments = parse("one two --test LifeIT --test WallsIT#x");

        assertThat(arguments.verb()).isEqualTo(Verb.TEST);
        assertThat(arguments.topologies()).containsExactly("one", "two");
        assertThat(arguments.selection()).containsExactly("LifeIT", "WallsIT#x");
        assertThat(arguments.special()).isFalse();
        assertThat(parse("--all").all()).isTrue();
        assertThat(parse("one --special").special()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "exec -- true, one topology",
        "exec one two -- true, one topology",
        "exec one, no command behind --",
        "shell one -- true, only exec",
        "one --release 11, '11'",
        "one --release, wants a value",
        "one --deadline soon, --deadline wants seconds",
        "one --fast, no option --fast",
        "--all one, every topology on every release",
        "shell one --all, are for tests",
        "shell one --special, are for tests",
        "image one, serves every topology"
    })
    void refusesWhatIsNotMeant(String words, String why) {
        assertThatThrownBy(() -> parse(words))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private static Arguments parse(String words) {
        return Arguments.parse(List.of(words.split(" ")));
    }
}
