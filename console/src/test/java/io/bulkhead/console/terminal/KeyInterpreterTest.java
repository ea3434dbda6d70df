package io.bulkhead.console.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyInterpreterTest {
    private final KeyInterpreter keys = new KeyInterpreter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            quoteCharacter = '"',
            value = {
                "~. > Detach",
                "~? > Help",
                "~w > TakeOver",
                "~r > Request",
                "~g > Grant",
                "~n > Decline",
                "~v > ViewOnly",
                "~# > Break",
                "~~ > type ~",
                "~x > type ~x",
                "ls~. > type ls~.",
                "ls|~. > type ls|, Detach",
                "~~. > type ~.",
                "~?~. > Help, Detach",
                "a|~wb > type a|, TakeOver, type b",
            })
    void findsOurKeysAtTheStartOfALineOnly(String typed, String expected) {
        assertThat(feed(typed)).isEqualTo(expected);
    }

    @Test
    void remembersATildeBetweenPieces() {
        String first = feed("~");
        String second = feed(".");

        assertThat(first).isEmpty();
        assertThat(second).isEqualTo("Detach");
    }

    /** A vertical bar stands for the return key. */
    private String feed(String typed) {
        List<KeyInterpreter.Action> actions = keys.feed(typed.replace('|', '\r').getBytes(StandardCharsets.US_ASCII));
        return actions.stream()
                .map(action -> action instanceof KeyInterpreter.Type type
                        ? "type " + new String(type.bytes(), StandardCharsets.US_ASCII).replace('\r', '|')
                        : action.getClass().getSimpleName())
                .collect(Collectors.joining(", "));
    }
}
