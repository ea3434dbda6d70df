package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.broker.definition.DefinitionKey;
import io.bulkhead.settings.SettingKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class ManualPagesTest {
    private static final Path GROFF = Path.of("/usr/bin/groff");

    @TempDir
    private Path directory;

    static List<ManualPage> pages() {
        return ManualPages.all("1.2.3");
    }

    private static CommandLine line() {
        return Main.commandLine(new Bulkhead(Surroundings.ofProcess()));
    }

    @Test
    void thereIsOneForTheCommandForEachVerbAndForEachKindOfFile() throws IOException {
        ManualPages.main(new String[] {directory.toString(), "1.2.3"});

        try (Stream<Path> files = Files.walk(directory)) {
            List<String> written = files.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .toList();
            assertThat(written)
                    .contains("man1/bulkhead.1", "man5/bulkhead.conf.5", "man5/bulkhead-partitions.5")
                    .containsAll(line().getSubcommands().values().stream()
                            .map(verb -> "man1/bulkhead-" + verb.getCommandName() + ".1")
                            .toList());
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void groffHasNothingToSay(ManualPage page) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(GROFF), "skipped: there is no " + GROFF + " here");

        assertThat(groff(page, "-z", "-ww")).isEmpty();
    }

    @Test
    void groffWouldSaySo() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(GROFF), "skipped: there is no " + GROFF + " here");
        Path wrong = Files.writeString(directory.resolve("wrong.1"), ".TH A 1\n.XX\n");

        assertThat(run(List.of(GROFF.toString(), "-man", "-Tutf8", "-z", "-ww", wrong.toString())))
                .contains("XX");
    }

    @Test
    void readsAsItWasWritten() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(GROFF), "skipped: there is no " + GROFF + " here");
        ManualPage page = new ManualPage("x", 1, "1", "says it")
                .paragraph(".starts like an order, 'has' \\ and - and ~ and ^ and ` and ‰")
                .item("--file \"FILE\"", "'quoted' at the start");

        assertThat(groff(page, "-P-cbou"))
                .contains(".starts like an order, 'has' \\ and - and ~ and ^ and ` and ‰")
                .contains("--file \"FILE\"")
                .contains("'quoted' at the start");
    }

    @Test
    void saysEveryOptionAndEveryKey() {
        line().getSubcommands().forEach((name, verb) -> {
            String roff = page("bulkhead-" + verb.getCommandName()).roff();
            verb.getCommandSpec().options().stream()
                    .filter(option -> !option.inherited())
                    .forEach(option -> assertThat(roff).contains(ManualPage.escaped(option.longestName())));
        });
        assertThat(SettingKey.ALL)
                .allSatisfy(key -> assertThat(page("bulkhead.conf").roff()).contains(".B \"" + key.key() + "\""));
        assertThat(DefinitionKey.ALL)
                .allSatisfy(
                        key -> assertThat(page("bulkhead-partitions").roff()).contains(".B \"" + key.path() + "\""));
        assertThat(pages()).allSatisfy(page -> assertThat(page.roff()).doesNotContain("${"));
    }

    @Test
    void showsHowAVerbIsUsed() {
        assertThat(page("bulkhead-apply").roff())
                .contains("bulkhead apply \\-f FILE... [\\-\\-profiles DIRECTORY] [\\-\\-dry\\-run]");
        assertThat(page("bulkhead-wait").roff()).contains("bulkhead wait").contains("NAME...");
        assertThat(page("bulkhead").roff()).contains(".B \"list, ls\"");
    }

    @Test
    void explainsWhatStandsBelowAVerb() {
        assertThat(page("bulkhead-config").roff()).contains(".SS \"bulkhead config explain\"");
    }

    private static ManualPage page(String name) {
        return pages().stream()
                .filter(page -> page.fileName().matches(name + "\\.[15]"))
                .findFirst()
                .orElseThrow();
    }

    private String groff(ManualPage page, String... options) throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve(page.fileName()), page.roff());
        List<String> command = Stream.of(
                        List.of(GROFF.toString(), "-man", "-Tutf8"), List.of(options), List.of(file.toString()))
                .flatMap(List::stream)
                .toList();
        return run(command);
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
