package io.bulkhead.console.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppliedNamesTest {
    private static final InstanceName ONE = new InstanceName("one");
    private static final InstanceName OTHER = new InstanceName("other");

    @TempDir
    private Path directory;

    private static Set<PartitionName> names(String... names) {
        return Set.of(names).stream().map(PartitionName::new).collect(Collectors.toSet());
    }

    @Test
    void remembersNamesByInstanceBesideTheFile() throws IOException {
        Path file = directory.resolve("web.yaml");
        new AppliedNames(file, ONE).remember(names("web", "db"));
        new AppliedNames(file, OTHER).remember(names("web"));
        new AppliedNames(file, ONE).remember(names("web"));

        assertThat(new AppliedNames(file, ONE).names()).isEqualTo(names("web"));
        assertThat(new AppliedNames(file, OTHER).names()).isEqualTo(names("web"));
        assertThat(Files.readAllLines(directory.resolve(".web.yaml.applied")))
                .endsWith("one: web", "other: web")
                .hasSize(3);
        try (var entries = Files.list(directory)) {
            assertThat(entries).hasSize(1);
        }
    }

    @Test
    void knowsWhatTheNeighboursHaveMade() throws IOException {
        new AppliedNames(directory.resolve("a.yaml"), ONE).remember(names("a"));
        new AppliedNames(directory.resolve("b.yaml"), ONE).remember(names("b"));
        new AppliedNames(directory.resolve("c.yaml"), OTHER).remember(names("c"));

        assertThat(new AppliedNames(directory.resolve("a.yaml"), ONE).namesOfNeighbours())
                .isEqualTo(names("b"));
    }

    @Test
    void refusesARecordThatIsDamaged() throws IOException {
        Files.writeString(directory.resolve(".a.yaml.applied"), "one: web DB\n");

        assertThatThrownBy(() -> new AppliedNames(directory.resolve("a.yaml"), ONE).names())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(".a.yaml.applied is damaged: 'DB'");
    }
}
