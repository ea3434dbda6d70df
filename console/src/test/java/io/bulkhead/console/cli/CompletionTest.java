package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.partition.State;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
            emptyValue = "",
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
                "bulkhead config e > explain",
                "bulkhead config explain host.memory_ > host.memory_reserve host.memory_caps",
                "bulkhead config explain io.read > io.read io.readOps",
                "bulkhead host e > export",
                "bulkhead host export --f > --force",
                "bulkhead completion z > zsh",
                "bulkhead config explain memory -f x.yaml d > db",
                "bulkhead wait db --for he > held",
                "bulkhead wait w > web",
                "bulkhead edit d > db",
                "bulkhead edit db w > ''",
                "bulkhead export db w > web",
                "bulkhead define d > ''",
                "bulkhead exec db -- w > ''",
                "bulkhead logs -f d > db",
                "bulkhead apply --dry > --dry-run",
                "bulkhead --no-col > --no-color",
                "bulkhead --override a=b star > start"
            })
    void completesTheLastWord(String line, String expected) throws IOException {
        Files.createDirectory(directory.resolve("control"));
        try (FakeApi api = new FakeApi(directory.resolve("control/api.sock"))) {
            api.answer(
                    "GET /v1/partitions",
                    Samples.list(Samples.status("db", State.RUNNING), Samples.status("web", State.BOUND)));
            assertThat(completed(line)).isEqualTo(expected);
        }
    }

    @Test
    void completesFilesWhereAFileIsTaken() throws IOException {
        Files.createFile(directory.resolve("one.yaml"));
        Files.createDirectory(directory.resolve("two"));
        Files.createFile(directory.resolve("with blanks.yaml"));

        assertThat(completed("bulkhead apply -f " + directory + "/")).contains("/one.yaml", "/two");
        for (String line :
                List.of("bulkhead host export ", "bulkhead config explain memory -f ", "bulkhead plan -f ")) {
            assertThat(completed(line + directory + "/with")).endsWith("/with blanks.yaml");
        }
        assertThat(completed("bulkhead apply --profiles " + directory + "/"))
                .contains("/two")
                .doesNotContain("/one.yaml");
    }

    @Test
    void isSilentWhereNobodyAnswers() throws IOException {
        assertThat(completed("bulkhead show ")).isEmpty();

        Files.createDirectory(directory.resolve("control"));
        FakeApi gone = new FakeApi(directory.resolve("control/api.sock"));
        gone.close();
        assertThat(completed("bulkhead show ")).isEmpty();
    }

    @Test
    void waitsNoLongerThanASecondOrTwoForOneThatDoesNotAnswer() throws IOException {
        Files.createDirectory(directory.resolve("control"));
        try (ServerSocketChannel deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            deaf.bind(UnixDomainSocketAddress.of(directory.resolve("control/api.sock")));
            long begun = System.nanoTime();

            assertThat(completed("bulkhead show ")).isEmpty();

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @Test
    void asksByPerlWhereThereIsNoCurl() throws IOException {
        Files.createDirectory(directory.resolve("control"));
        Path bin = Files.createDirectory(directory.resolve("bin"));
        for (String program : List.of("perl", "grep", "cut", "sort")) {
            Files.createSymbolicLink(bin.resolve(program), Path.of("/usr/bin", program));
        }
        try (FakeApi api = new FakeApi(directory.resolve("control/api.sock"))) {
            api.answer("GET /v1/partitions", Samples.list(Samples.status("db", State.RUNNING)));

            assertThat(completed("bulkhead show ", "PATH=" + bin + "; ")).isEqualTo("db");
        }
    }

    @Test
    void knowsEveryVerb() throws IOException {
        String offered = completed("bulkhead ");

        assertThat(offered.split(" "))
                .contains(Main.commandLine(new Bulkhead(Surroundings.ofProcess()))
                        .getSubcommands()
                        .keySet()
                        .toArray(String[]::new));
    }

    private String completed(String line) throws IOException {
        return completed(line, "");
    }

    /** What is offered for the last word; a blank at the end stands for an empty one. */
    private String completed(String line, String setUp) throws IOException {
        String program = "source " + script() + "; " + setUp + "COMP_WORDS=(" + line
                + (line.endsWith(" ") ? "''" : "") + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _bulkhead; echo"
                + " \"${COMPREPLY[*]}\"";
        Process bash = bash("-c", program);
        return new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
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
