package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.partition.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class CompletionTest {
    @TempDir
    private Path directory;

    @Test
    void isValidBash() throws IOException, InterruptedException {
        Process bash = bash("-n", script().toString());

        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(bash.waitFor()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "bulkhead ver > verify",
                "bulkhead show > show",
                "bulkhead show w > web",
                "bulkhead -o json start d > db",
                "bulkhead stop --k > --kill",
                "bulkhead top --i > --interval",
                "bulkhead top --sort in > intrusion",
                "bulkhead -o j > json",
                "bulkhead help exit > exit-codes",
                "bulkhead config e > explain"
            })
    void completesTheLastWord(String line, String expected) throws IOException {
        Files.createDirectory(directory.resolve("control"));
        try (FakeApi api = new FakeApi(directory.resolve("control/api.sock"))) {
            api.answer(
                    "GET /v1/partitions",
                    Samples.list(Samples.status("db", State.RUNNING), Samples.status("web", State.BOUND)));
            String program = "source " + script() + "; COMP_WORDS=(" + line
                    + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _bulkhead; echo \"${COMPREPLY[*]}\"";

            Process bash = bash("-c", program);

            assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                    .isEqualTo(expected);
        }
    }

    private Path script() throws IOException {
        String text = new CliRun(directory).run("completion").out();
        return Files.writeString(directory.resolve("completion.bash"), text);
    }

    private static Process bash(String... args) throws IOException {
        String[] command = new String[args.length + 3];
        command[0] = "bash";
        command[1] = "--norc";
        command[2] = "--noprofile";
        System.arraycopy(args, 0, command, 3, args.length);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
