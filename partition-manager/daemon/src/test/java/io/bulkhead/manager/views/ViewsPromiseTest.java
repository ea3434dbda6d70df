package io.bulkhead.manager.views;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewsPromiseTest {
    private static final String TABLE = """
            1 0 0:20 / / rw - tmpfs none rw
            2 1 0:21 / /proc rw,nosuid - proc proc rw
            3 2 0:22 /.shown/boot_id /proc/sys/kernel/random/boot_id ro - tmpfs tmpfs rw
            4 2 0:43 /proc/meminfo /proc/meminfo ro - fuse.lxcfs one ro
            5 2 0:43 /proc/stat /proc/stat ro - fuse.lxcfs one ro
            """;

    private final ViewsPromise promise = new ViewsPromise(List.of("proc/meminfo", "proc/stat"), true);

    @Test
    void holdsWhileEverythingIsOfTheLxcfsThatRuns() {
        // When
        Promise read = read(TABLE, true, true, Optional.of("0:43"), Optional.empty());

        // Then
        assertThat(read.held()).isTrue();
        assertThat(read.readBack())
                .isEqualTo("clocks, boot id, 2 files of lxcfs")
                .isEqualTo(read.promised());
        assertThat(read.evidence()).isEqualTo("/proc/77/mountinfo");
    }

    @Test
    void doesNotHoldWithTheFilesOfOneThatIsGone() {
        // When
        Promise read = read(TABLE, true, true, Optional.of("0:44"), Optional.empty());

        // Then
        assertThat(read.held()).isFalse();
        assertThat(read.readBack()).isEqualTo("clocks, boot id, 0 files of lxcfs");
        assertThat(read.reason().orElseThrow()).contains("meminfo, stat");
    }

    @Test
    void saysWhyNoneRuns() {
        // When
        Promise read = read(TABLE, true, true, Optional.empty(), Optional.of("lxcfs exited with 1"));

        // Then
        assertThat(read.held()).isFalse();
        assertThat(read.reason()).contains("lxcfs exited with 1");
    }

    @Test
    void promisesLessWhereNothingWasShown() {
        // When
        Promise read = read(TABLE, true, false, Optional.empty(), Optional.of("not installed"));

        // Then
        assertThat(read.held()).isTrue();
        assertThat(read.promised()).isEqualTo("clocks, boot id");
        assertThat(read.reason().orElseThrow())
                .contains("host's CPUs and memory")
                .contains("not installed");
    }

    @Test
    void seesAMountOnTop() {
        // When
        String covered = TABLE + "9 4 0:50 / /proc/meminfo rw - tmpfs none rw\n";

        // Then
        assertThat(read(covered, true, true, Optional.of("0:43"), Optional.empty())
                        .readBack())
                .isEqualTo("clocks, boot id, 1 files of lxcfs");
        assertThat(read(TABLE, false, true, Optional.of("0:43"), Optional.empty())
                        .readBack())
                .isEqualTo("boot id, 2 files of lxcfs");
    }

    @Test
    void doesNotHoldWhereMoreMountsAreThanAreLookedThrough(@TempDir Path proc) throws IOException {
        // Given
        Path file = Files.createDirectories(proc.resolve("77")).resolve("mountinfo");
        Files.writeString(file, TABLE + ("9 4 0:50 / /" + "n".repeat(4000) + " rw - tmpfs none rw\n").repeat(300));

        // When
        MountTable table = MountTable.of(proc, "77").orElseThrow();
        Promise read = promise.read(77, Optional.of(table), true, true, Optional.of("0:43"), Optional.empty());

        // Then
        assertThat(table.isWhole()).isFalse();
        assertThat(read.held()).isFalse();
        assertThat(read.reason().orElseThrow()).contains("more mounts than are looked through");
    }

    @Test
    void waitsLongerAndLongerButNotForEver() {
        assertThat(List.of(
                        LxcfsKeeper.pauseSeconds(1),
                        LxcfsKeeper.pauseSeconds(2),
                        LxcfsKeeper.pauseSeconds(6),
                        LxcfsKeeper.pauseSeconds(7),
                        LxcfsKeeper.pauseSeconds(1000)))
                .containsExactly(1L, 2L, 32L, 60L, 60L);
    }

    private Promise read(
            String table, boolean clocks, boolean shown, Optional<String> device, Optional<String> trouble) {
        return promise.read(77, Optional.of(MountTable.parse(table, true)), clocks, shown, device, trouble);
    }
}
