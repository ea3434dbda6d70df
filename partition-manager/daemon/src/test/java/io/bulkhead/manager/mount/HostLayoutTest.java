package io.bulkhead.manager.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostLayoutTest {
    @TempDir
    private Path root;

    @Test
    void findsLinksDirectoriesAndWhatCanBeMasked() throws IOException {
        // Given
        Files.createSymbolicLink(root.resolve("bin"), Path.of("usr/bin"));
        Files.createDirectory(root.resolve("lib32"));
        Files.createDirectories(root.resolve("proc/sys"));
        Files.createDirectories(root.resolve("proc/1"));
        Files.createFile(root.resolve("proc/kcore"));

        // When
        HostLayout layout = HostLayout.read(root);

        // Then
        assertThat(layout.rootLinks()).containsExactly(Map.entry("bin", "usr/bin"));
        assertThat(layout.rootDirectories()).containsExactly("lib32");
        assertThat(layout.present()).containsExactlyInAnyOrder("/proc/sys", "/proc/kcore");
    }
}
