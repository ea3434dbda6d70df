package io.bulkhead.console.serial.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginsTest {
    private final Origins origins = new Origins(Set.of("https://desk.example.org"));

    @ParameterizedTest
    @CsvSource({
        "http://localhost:7480, localhost:7480, false, true",
        "https://localhost:7480, localhost:7480, true, true",
        "https://localhost:7480, localhost:7480, false, false",
        "http://localhost:7481, localhost:7480, false, false",
        "http://localhost:7480.evil.example, localhost:7480, false, false",
        "http://evil.example, localhost:7480, false, false",
        "null, localhost:7480, false, false",
        "'', localhost:7480, false, false",
        "https://desk.example.org, localhost:7480, false, true",
        "http://desk.example.org, localhost:7480, false, false"
    })
    void allowsThisServersAndThoseThatAreNamed(String origin, String host, boolean tls, boolean allowed) {
        assertThat(origins.allow(Optional.of(origin), host, tls)).isEqualTo(allowed);
    }

    @Test
    void asksNothingOfWhatIsNoBrowser() {
        assertThat(origins.allow(Optional.empty(), "localhost", false)).isTrue();
    }
}
