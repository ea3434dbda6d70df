package io.bulkhead.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commented file that administrators start from says what the table of keys says. */
class ShippedSettingsFileTest {
    private static final String HEAD = """
            # The settings of Bulkhead: read by the manager, the control plane and the command line.
            #
            # Every key stands here with its default. To change one, take the # away and write another value: key = value,
            # without quotes, nothing behind it, comments on lines of their own. The file is checked strictly; what is wrong
            # is reported with its line. `bulkhead config explain KEY` says which value holds and where it comes from:
            # --override KEY=VALUE wins over the variable (BULKHEAD_HOST_CPUS for host.cpus), that over this file.
            """;

    private static final int WIDTH = 116;

    @TempDir
    private Path directory;

    @Test
    void documentsEveryKeyWithItsDefault() throws IOException {
        assertThat(Files.readString(shippedFile())).isEqualTo(rendered());
    }

    @Test
    void meansTheDefaultsWithAndWithoutItsCommentSigns() throws IOException {
        String allKeysSet = Files.readString(shippedFile()).replaceAll("(?m)^#(?=[a-z_]+ = )", "");
        Path copy = Files.writeString(directory.resolve("all.conf"), allKeysSet);

        Settings defaults = SettingsLoader.defaults(Map.of());

        assertThat(allKeysSet.lines().filter(line -> line.matches("[a-z_]+ = .*")))
                .hasSameSizeAs(SettingKey.ALL);
        assertThat(SettingsLoader.load(shippedFile(), Map.of())).isEqualTo(defaults);
        assertThat(SettingsLoader.load(copy, Map.of())).isEqualTo(defaults);
    }

    private static String rendered() {
        return HEAD
                + SettingKey.ALL.stream().map(ShippedSettingsFileTest::rendered).collect(Collectors.joining());
    }

    private static String rendered(SettingKey<?> key) {
        boolean first = SettingKey.ALL.stream()
                .filter(other -> other.section().equals(key.section()))
                .findFirst()
                .orElseThrow()
                .equals(key);
        return (first ? "\n[" + key.section() + "]\n\n" : "\n") + comment(key.documentation())
                + comment("Allowed: " + key.allowed())
                + "#" + key.key() + " = " + key.defaultText() + "\n";
    }

    private static String comment(String text) {
        StringBuilder lines = new StringBuilder("#");
        int length = 1;
        for (String word : text.split(" ")) {
            if (length + 1 + word.length() > WIDTH) {
                lines.append("\n#");
                length = 1;
            }
            lines.append(' ').append(word);
            length += 1 + word.length();
        }
        return lines.append('\n').toString();
    }

    private static Path shippedFile() {
        Path place = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(place.resolve("configs/bulkhead.conf"))) {
            place = place.getParent();
            assertThat(place)
                    .as("a parent of the working directory with configs/bulkhead.conf")
                    .isNotNull();
        }
        return place.resolve("configs/bulkhead.conf");
    }
}
