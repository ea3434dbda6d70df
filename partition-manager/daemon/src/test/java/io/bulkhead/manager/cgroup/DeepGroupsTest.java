package io.bulkhead.manager.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeepGroupsTest {
    @TempDir
    private Path directory;

    @Test
    void removesWhatIsDeeperThanAnyPathAndThanWhatMayBeOpen() throws IOException, InterruptedException {
        // Given directories inside each other, with another one beside the way at each fiftieth
        Path top = Files.createDirectory(directory.resolve("top"));
        String nest =
                "my $name = \"d\" x 100; for (1 .. %d) { mkdir $name or die; $_ %% 50 or mkdir \"beside\"; chdir $name or die }"
                        .formatted(3 * DeepGroups.MOST_OPEN);
        int status = new ProcessBuilder("perl", "-e", nest)
                .directory(top.toFile())
                .start()
                .waitFor();
        assertThat(status).isZero();

        // When
        DeepGroups.remove(top);

        // Then
        assertThat(top).doesNotExist();
    }

    @Test
    void findsNothingToDoWhereNothingIs() throws IOException {
        DeepGroups.remove(directory.resolve("no"));

        assertThat(Files.exists(directory.resolve("no"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        try (var stream = Files.newDirectoryStream(directory)) {
            assertThat(stream).isInstanceOf(SecureDirectoryStream.class);
        }
    }
}
