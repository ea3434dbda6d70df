package io.bulkhead.manager.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HostFactsReaderIT {
    private final HostFactsReader reader = new HostFactsReader(Path.of("/"));

    @Test
    void agreesWithWhatTheRuntimeSeesOfThisMachine() {
        HostFacts facts = reader.read(Path.of("/var/lib"));

        assertThat(facts.kernel()).isEqualTo(System.getProperty("os.version"));
        assertThat(facts.online().size())
                .isGreaterThanOrEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(facts.cores().values()).allMatch(facts.online()::containsAll);
        assertThat(facts.nodes().isEmpty()).isFalse();
    }

    @Test
    void namesADiskThatTheKernelKnows() throws IOException {
        DiskFinder.Answer answer = reader.disk(Path.of("/var/lib"));

        assumeTrue(answer.disk().isPresent(), answer.reason().orElse(""));
        Path dev = Path.of("/sys/block")
                .resolve(answer.disk().orElseThrow().name())
                .resolve("dev");
        assertThat(Files.readString(dev).strip())
                .isEqualTo(answer.disk().orElseThrow().device());
    }
}
