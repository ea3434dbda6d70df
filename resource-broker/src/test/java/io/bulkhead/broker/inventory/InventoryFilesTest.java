package io.bulkhead.broker.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.broker.testing.InventorySamples;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryFilesTest {
    private static final String TEXT = InventoryFiles.text(RecordCodec.encode(InventorySamples.file()));

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("host.json");
    }

    @Test
    void readsWhatItWrote() {
        InventoryFiles.write(file, TEXT, false);

        assertThat(InventoryFiles.read(file)).isEqualTo(InventorySamples.file());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"version\": 1|\"version\": 2|version is 2, this program knows up to 1",
                "\"version\": 1|\"version\": 0|version is 0, the first one was 1",
                "\"version\": 1|\"version\": \"1\"|version must be a whole number, it is a string",
                "\"version\"|\"verison\"|version is missing, 'verison' is not known; did you mean version?",
                "\"kernel\"|\"colour\": 1, \"kernel\"|inventory.colour is not known here; known are kernel, architecture",
                "\"architecture\": \"x86_64\",||inventory.architecture is missing",
                "\"coreType\": \"uniform\"|\"coreType\": \"fast\"|inventory.topology.cpus[0].coreType is the unknown 'fast'",
                "\"memoryBytes\": 8589934592|\"memoryBytes\": \"8GiB\"|nodes[0].memoryBytes must be a whole number, it is a string",
                "\"distances\": [|\"distances\": [ 10,|node 0 tells 2 distances, there are 1 nodes",
                "\"offline\": \"4\"|\"offline\": \"4-x\"|inventory.offline: '4-x' is not a list of CPUs",
                "\"pool\": \"0\"|\"pool\": \"0,9\"|reserve.pool: the machine has no CPUs 9",
                "\"cpuMillis\": 500|\"cpuMillis\": 1500|reserve.cpuMillis: is more than the pool of 1 CPUs has",
                "\"cpus\": \"1\"|\"cpus\": \"0-1\"|holdings of db: slice.cpus: 0 are of the host's pool too",
                "\"cpus\": \"1\"|\"cpus\": \"1,7\"|holdings of db: slice.cpus: the machine has no CPUs 7",
                "\"memoryNodes\": \"0\"|\"memoryNodes\": \"0-1\"|slice.memoryNodes: the machine has no nodes 1",
                "\"wholeCores\": true|\"wholeCores\": 1|holdings[0].wholeCores must be true or false, it is a number",
                "\"name\": \"db\"|\"name\": \"Db\"|holdings[0].name: 'Db' is not a partition name",
                "\"kernel\"|\"kernel\": \"a\", \"kernel\"|the member 'kernel' is there twice",
            })
    void namesTheFileTheMemberAndTheRemedy(String before, String after, String message) throws IOException {
        assertThat(TEXT).contains(before);
        int at = TEXT.indexOf(before);
        Files.writeString(
                file, TEXT.substring(0, at) + (after == null ? "" : after) + TEXT.substring(at + before.length()));

        Problem problem = problemOf(() -> InventoryFiles.read(file));

        assertThat(problem.detail()).startsWith(file + ": ").contains(message);
        assertThat(problem.remedy()).get().asString().containsAnyOf("'bulkhead host export'", "at least as new");
        assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.33, 0.5, 0.7, 0.9, 0.999})
    void saysThatAFileIsCutOff(double part) throws IOException {
        Files.writeString(file, TEXT.substring(0, (int) (TEXT.length() * part)));

        Problem problem = problemOf(() -> InventoryFiles.read(file));

        assertThat(problem.detail()).startsWith(file + ": not valid JSON at character ");
        assertThat(problem.remedy()).get().asString().startsWith("the file is cut off; write it anew with");
    }

    @Test
    void refusesTwoOwnersOfOneCpu() {
        InventoryFile sample = InventorySamples.file();
        InventoryFile.Holding db = sample.holdings().get(0);
        InventoryFile.Holding web = new InventoryFile.Holding(new PartitionName("web"), db.slice(), true);
        InventoryFile wrong = new InventoryFile(
                sample.version(),
                sample.madeAtMillis(),
                sample.instance(),
                sample.inventory(),
                sample.reserve(),
                List.of(web, db));

        Problem problem = problemOf(
                () -> InventoryFiles.read("x", bytes(RecordCodec.encode(wrong).toString())));

        assertThat(problem.detail()).isEqualTo("x: holdings of web: slice.cpus: 1 are held by db too");
    }

    @Test
    void refusesWhatIsNoFileOfThisKind() throws IOException {
        Files.write(directory.resolve("binary"), new byte[] {(byte) 0xc3, 0x28});

        assertThat(problemOf(() -> InventoryFiles.read(directory)).detail()).isEqualTo(directory + ": is a directory");
        assertThat(problemOf(() -> InventoryFiles.read(file)).detail()).isEqualTo(file + ": there is no such file");
        assertThat(problemOf(() -> InventoryFiles.read(directory.resolve("binary")))
                        .detail())
                .endsWith("is not valid UTF-8");
        assertThat(problemOf(() -> InventoryFiles.read("x", bytes("[]"))).detail())
                .isEqualTo("x: must be an object, it is a list");
    }

    @Test
    void replacesAFileOnlyWhenToldTo() throws IOException {
        Files.writeString(file, "mine");

        Problem problem = problemOf(() -> InventoryFiles.write(file, TEXT, false));

        assertThat(problem.code()).isEqualTo(ProblemCode.CONFLICT);
        assertThat(problem.toString()).contains(file + ": is there already").contains("--force");
        assertThat(file).hasContent("mine");
        InventoryFiles.write(file, TEXT, true);
        assertThat(file).hasContent(TEXT);
        assertThat(names()).containsExactly("host.json");
    }

    @Test
    void leavesNothingBehindWhereItCannotWrite() throws IOException {
        Path nowhere = directory.resolve("no/host.json");

        assertThat(problemOf(() -> InventoryFiles.write(nowhere, TEXT, false)).detail())
                .isEqualTo(nowhere + ": there is no such directory");
        assertThat(problemOf(() -> InventoryFiles.write(directory, TEXT, true)).detail())
                .isEqualTo(directory + ": is a directory");
        assertThat(names()).isEmpty();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).toList();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Problem problemOf(Runnable action) {
        Refusal[] refusal = new Refusal[1];
        assertThatThrownBy(action::run).isInstanceOfSatisfying(Refusal.class, caught -> refusal[0] = caught);
        return refusal[0].problem();
    }
}
