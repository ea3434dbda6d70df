package io.bulkhead.console.serial.log;

import static io.bulkhead.console.serial.log.LogLaws.CREATION;
import static io.bulkhead.console.serial.log.LogLaws.covered;
import static io.bulkhead.console.serial.log.LogLaws.entries;
import static io.bulkhead.console.serial.log.LogLaws.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.console.serial.log.LogLaws.Covered;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log on a file system of the kernel that is really full. */
@Timeout(60)
class FullDiskIT {
    private static final PartitionName DB = new PartitionName("db");

    @TempDir
    private Path directory;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting a small file system takes root");
        disk = Files.createDirectory(directory.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=512k", "console-log-test", disk.toString());
    }

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) {
            run("umount", disk.toString());
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }

    @Test
    void goesOnByItselfOnceThereIsRoom() throws Exception {
        Path others = disk.resolve("others");
        Files.write(others, new byte[300_000]);
        LogOptions options = new LogOptions(1 << 20, 64 << 10, 5, 50, 50, 300_000, 1 << 20);
        try (FileConsoleLogs logs = new FileConsoleLogs(disk.resolve("consoles"), options)) {
            ConsoleLog log = logs.open(DB, CREATION);
            for (long at = 0; at < 600_000; at += 1_000) {
                log.append(at, stream(at, 1_000));
            }
            await().until(() -> log.health().trouble().isPresent());
            assertThat(log.health().trouble().orElse("")).contains("No space left on device");
            assertThat(log.end()).isEqualTo(600_000);

            Files.delete(others);
            await().until(() -> log.health().trouble().isEmpty());
            log.append(600_000, stream(600_000, 1_000));
            await().until(() -> log.health().written() == 601_000);

            DiskStorage storage = logs.storage(DB);
            Covered covered = covered(entries(storage, 0), 0);
            assertThat(covered.end()).isEqualTo(601_000);
            assertThat(covered.gaps()).isPositive().isEqualTo(log.health().lostBytes());
            assertThat(Verifier.verify(storage).fault()).isEmpty();
        }
    }
}
