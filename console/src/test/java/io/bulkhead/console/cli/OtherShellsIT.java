package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.partition.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Completion in a real zsh and a real fish. */
@Timeout(120)
class OtherShellsIT {
    private static final String CASES = """
            bulkhead ver                                | verify
            bulkhead show w                             | web
            bulkhead -o json start d                    | db
            bulkhead stop --k                           | --kill
            bulkhead top --sort in                      | intrusion
            bulkhead config e                           | explain
            bulkhead config explain memory -f x.yaml d  | db
            bulkhead host e                             | export
            bulkhead completion f                       | fish
            bulkhead edit db w                          | ''
            bulkhead define d                           | ''
            """;

    @TempDir
    private Path directory;

    private FakeApi api;

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectory(directory.resolve("control"));
        api = new FakeApi(directory.resolve("control/api.sock"));
        api.answer(
                "GET /v1/partitions",
                Samples.list(Samples.status("db", State.RUNNING), Samples.status("web", State.BOUND)));
        Files.createFile(directory.resolve("one.yaml"));
        Files.createDirectory(directory.resolve("two"));
    }

    @AfterEach
    void end() throws IOException {
        api.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', emptyValue = "", textBlock = CASES)
    void completesInFish(String line, String expected) throws IOException {
        assertThat(fish(line)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', emptyValue = "", textBlock = CASES)
    void completesInZsh(String line, String expected) throws IOException {
        assertThat(zsh(line)).isEqualTo(expected);
    }

    @Test
    void completesFilesInFish() throws IOException {
        assertThat(fish("bulkhead apply -f " + directory + "/o")).isEqualTo(directory + "/one.yaml");
        assertThat(fish("bulkhead host export " + directory + "/o")).isEqualTo(directory + "/one.yaml");
        assertThat(fish("bulkhead apply --profiles " + directory + "/"))
                .contains("/two/")
                .doesNotContain("one.yaml");
    }

    @Test
    void completesFilesInZsh() throws IOException {
        assertThat(zsh("bulkhead apply -f " + directory + "/o")).isEqualTo("files");
        assertThat(zsh("bulkhead host export x")).isEqualTo("files");
        assertThat(zsh("bulkhead apply --profiles t")).isEqualTo("files -/");
    }

    @Test
    void isSilentWhereNobodyAnswers() throws IOException {
        api.close();

        assertThat(fish("bulkhead show ")).isEmpty();
        assertThat(zsh("bulkhead show ")).isEmpty();
    }

    /** By zsh's own completion system on a terminal of its own, with Tab. */
    @Test
    void aTabInZshCompletesTheLine() throws IOException {
        Path script = script("zsh");
        String said = run(List.of("zsh", "-f", "-c", """
                        zmodload zsh/zpty
                        zpty shell zsh -f -i
                        zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; source %s; bulkhead() { print -r -- got "$@" }; print re""ady'
                        zpty -r shell line '*ready*'
                        zpty -w -n shell $'bulkhead show w\\t\\n'
                        zpty -r shell line $'*got*\\n' && print -r -- "${(V)line##*got}"
                        zpty -d shell
                        """.formatted(script)));

        assertThat(said).startsWith("show web");
    }

    private String fish(String line) throws IOException {
        return run(List.of("fish", "--no-config", "-c", "source " + script("fish") + "; complete -C '" + line + "'"))
                .lines()
                .map(each -> each.split("\t", 2)[0])
                .collect(Collectors.joining(" "));
    }

    /** The function that zsh calls, with what zsh gives it, and what it would offer then. */
    private String zsh(String line) throws IOException {
        String words = Stream.of(line.split(" ")).collect(Collectors.joining(" ")) + (line.endsWith(" ") ? " ''" : "");
        String program =
                "compdef() { : }; _files() { print -r -- files \"$@\" }; compadd() { shift; print -r -- \"$@\" };"
                        + " source " + script("zsh") + "; words=(" + words + "); CURRENT=${#words}; _bulkhead";
        return run(List.of("zsh", "-f", "-c", program));
    }

    private Path script(String shell) throws IOException {
        String text = new CliRun(directory).run("completion", shell).out();
        return Files.writeString(directory.resolve("completion." + shell), text);
    }

    private static String run(List<String> command) throws IOException {
        String path = System.getenv().getOrDefault("PATH", "");
        assumeTrue(
                Stream.of(path.split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, command.get(0)))),
                "there is no " + command.get(0) + " here; ./dev test installs it");
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
