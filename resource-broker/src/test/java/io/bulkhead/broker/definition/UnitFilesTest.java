package io.bulkhead.broker.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** systemd understands every line of the shipped units. */
class UnitFilesTest {
    private static final Path ANALYZER = Path.of("/usr/bin/systemd-analyze");
    private static final List<String> UNITS = List.of("bulkhead-manager.service", "bulkhead-control-plane.service");

    /** Installed nowhere while testing, and verify asks for it. */
    private static final String INSTALLED_LAUNCHER = "/usr/lib/bulkhead/bulkhead";

    @TempDir
    private Path directory;

    @BeforeEach
    void needsSystemdAnalyze() {
        assumeTrue(Files.isExecutable(ANALYZER), "skipped: there is no " + ANALYZER + " here");
    }

    @Test
    void systemdHasNothingToSayAboutTheUnits() throws IOException, InterruptedException {
        assertThat(verify("")).isEmpty();
    }

    @Test
    void systemdWouldSaySo() throws IOException, InterruptedException {
        assertThat(verify("Restrat=always\n")).contains("Restrat");
    }

    /** What systemd says about copies of the units with a line more in their last section. */
    private String verify(String line) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(ANALYZER.toString(), "--man=no", "verify"));
        for (String unit : UNITS) {
            String text = Configs.read("systemd/" + unit);
            assertThat(text).contains("ExecStart=" + INSTALLED_LAUNCHER + " --daemon ");
            Path copy = directory.resolve(unit);
            Files.writeString(copy, text.replace(INSTALLED_LAUNCHER, "/bin/true") + line);
            command.add(copy.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS))
                .as("systemd-analyze ends")
                .isTrue();
        return said;
    }
}
