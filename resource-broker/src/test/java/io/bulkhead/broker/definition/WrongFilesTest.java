package io.bulkhead.broker.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Bulkhead says of files that are wrong: each {@code NAME.yaml} of {@code src/test/resources/definitions/wrong} with the
 * messages that it gets in {@code NAME.expected} beside it, line by line.
 */
class WrongFilesTest {
    private static Path directory() {
        return Path.of(URI.create(String.valueOf(WrongFilesTest.class.getResource("/definitions/wrong"))
                .replaceFirst("^null$", "file:/")));
    }

    static List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void saysWhatIsWrong(String name) throws IOException {
        Path file = directory().resolve(name);
        String expected = Files.readString(directory().resolve(name.replace(".yaml", ".expected")));

        DefinitionException refused = catchThrowableOfType(
                DefinitionException.class,
                () -> DefinitionLoader.loadAll(
                        List.of(file), Optional.of(directory().resolve("profiles"))));

        assertThat(refused).as("the refusal of %s", name).isNotNull();
        assertThat((refused.getMessage() + "\n").replace(directory() + "/", "")).isEqualTo(expected);
    }

    @Test
    void thereAreAtLeastTen() throws IOException {
        assertThat(files()).hasSizeGreaterThanOrEqualTo(10);
    }
}
