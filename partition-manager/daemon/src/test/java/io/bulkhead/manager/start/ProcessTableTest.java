package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.manager.start.RunningPartition.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTableTest {
    @TempDir
    private Path proc;

    @Test
    void readsTheStartOfAProcessWhoseNameLooksLikeFields() throws IOException {
        // Given
        stat(42, "evil) R 1 (sh", "S", 987_654);

        // Then
        assertThat(table().identify(42)).contains(new ProcessId(42, 987_654));
        assertThat(table().isRunning(new ProcessId(42, 987_654))).isTrue();
        assertThat(table().isRunning(new ProcessId(42, 987_655))).isFalse();
    }

    @Test
    void countsAZombieAsGone() throws IOException {
        stat(42, "sh", "Z", 1);
        assertThat(table().identify(42)).isEmpty();
        assertThat(table().identify(43)).isEmpty();
    }

    @Test
    void readsChildrenAndOwner() throws IOException {
        // Given
        Path task = Files.createDirectories(proc.resolve("42/task/42"));
        Files.writeString(task.resolve("children"), "17 18 \n");
        Files.writeString(proc.resolve("42/uid_map"), "         0    1000000      65536\n");

        // Then
        assertThat(table().children(42)).containsExactly(17L, 18L);
        assertThat(table().children(43)).isEmpty();
        assertThat(table().ownerOf(42)).isEqualTo(1_000_000);
    }

    @Test
    void tellsWhenAProcessHasMountsOfItsOwn() throws IOException {
        // Given
        stat(42, "sh", "S", 1);
        mounts(1, "mnt:[10]");
        mounts(42, "mnt:[10]");

        // Then
        assertThat(table().hasLeftItsParentsMounts(42)).isFalse();
        mounts(42, "mnt:[11]");
        assertThat(table().hasLeftItsParentsMounts(42)).isTrue();
        assertThat(table().hasLeftItsParentsMounts(43)).isFalse();
    }

    private void mounts(long pid, String namespace) throws IOException {
        Path link = Files.createDirectories(proc.resolve(pid + "/ns")).resolve("mnt");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of(namespace));
    }

    private void stat(long pid, String name, String state, long start) throws IOException {
        Path directory = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(
                directory.resolve("stat"),
                pid + " (" + name + ") " + state + " 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 " + start
                        + " 100 1\n");
    }

    private ProcessTable table() {
        return new ProcessTable(proc);
    }
}
