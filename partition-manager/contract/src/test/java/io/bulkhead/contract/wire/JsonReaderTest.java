package io.bulkhead.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    @Test
    void readsEveryKindOfValue() {
        String text = "{\"a\":[1,-2,true,false,null,\"x\\n\\u00e9\\\\\"],\"b\":{}}";

        assertThat(JsonReader.read(text)).hasToString("{\"a\":[1,-2,true,false,null,\"x\\né\\\\\"],\"b\":{}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,]",
                "{\"a\":1,}",
                "{a:1}",
                "1.5",
                "1e3",
                "01",
                "-",
                "-01",
                "9223372036854775808",
                "tru",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"open",
                "[1] 2",
                "nul",
                "{\"a\":1,\"a\":2}",
                "\"tab\there\"",
                "{\"a\" 1}"
            })
    void refusesWhatIsNotStrictJsonAndNamesThePlace(String text) {
        assertThatThrownBy(() -> JsonReader.read(text))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("character ");
    }

    @Test
    void refusesDeepNestingBeforeTheStackDoes() {
        assertThatThrownBy(() -> JsonReader.read("[".repeat(100_000))).isInstanceOf(WireException.class);
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        assertThatThrownBy(() -> JsonReader.read(new byte[] {'"', (byte) 0xC3, '"'}))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("UTF-8");
    }

    @Property
    void readsBackEveryTextItWrites(@ForAll String text) {
        Json.Text value = new Json.Text(text);

        assertThat(JsonReader.read(JsonWriter.write(value))).isEqualTo(value);
    }

    @Property
    void endsWithAValueOrAWireExceptionOnAnyBytes(@ForAll byte[] bytes) {
        try {
            assertThat(JsonReader.read(bytes)).isNotNull();
        } catch (WireException e) {
            assertThat(e).hasMessageNotContaining(new String(new byte[] {0}, StandardCharsets.US_ASCII));
        }
    }
}
