package io.bulkhead.manager.keeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootFactsTest {
    @TempDir
    private Path root;

    private void kernelSays(String text) throws IOException {
        Path directory = Files.createDirectories(root.resolve("sys/devices/system/cpu"));
        Files.writeString(directory.resolve("nohz_full"), text);
    }

    @Test
    void readsTheCpusWithoutTick() throws IOException {
        kernelSays("2-3\n");

        assertThat(BootFacts.read(root)).isEqualTo(new BootFacts(Optional.of(CpuSet.of(2, 3))));
    }

    @Test
    void readsTheKernelsWordForNone() throws IOException {
        kernelSays("(null)\n");

        assertThat(BootFacts.read(root)).isEqualTo(new BootFacts(Optional.of(CpuSet.EMPTY)));
    }

    @Test
    void aKernelWithoutTheFileCannot() {
        assertThat(BootFacts.read(root)).isEqualTo(new BootFacts(Optional.empty()));
    }
}
