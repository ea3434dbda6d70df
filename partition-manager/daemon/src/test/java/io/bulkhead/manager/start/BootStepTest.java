package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BootStepTest {
    @Test
    void standsInTheReadMeInTheSameOrderAndWords() throws IOException {
        // Given
        Path readMe = Path.of("..", "README.md");

        // When
        Pattern row = Pattern.compile("^\\| (\\d+) \\| \\*\\*(.+?)\\*\\*.*");
        List<String> documented = Files.readAllLines(readMe).stream()
                .map(row::matcher)
                .filter(match -> match.matches())
                .map(match -> "step " + match.group(1) + ", " + match.group(2))
                .toList();

        // Then
        assertThat(documented).isEqualTo(Arrays.stream(BootStep.values()).map(BootStep::toString).toList());
    }
}
