package io.bulkhead.manager.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of volumes, made by the programs of this host; needs e2fsprogs, and a file system that sets blocks aside. */
class VolumeFilesIT {
    private static final ByteSize SMALL = ByteSize.ofMebibytes(16);
    private static final ByteSize LARGE = ByteSize.ofMebibytes(160);

    @TempDir
    private Path directory;

    private final Syscalls sys = new JnaSyscalls();

    @Test
    void allBlocksAreSetAsideWhateverTheProgramsPunchOut() throws Exception {
        // Given programs that give a block back after each of their runs
        Path volume = directory.resolve("own.ext4");
        List<String> ran = new ArrayList<>();
        VolumeFiles files = new VolumeFiles(sys, (program, arguments) -> {
            Tools.Outcome outcome = Tools.ofHost().run(program, arguments);
            ran.addAll(arguments);
            String file = arguments.get(arguments.size() - 1);
            Tools.Outcome punched =
                    Tools.ofHost().run("fallocate", List.of("--punch-hole", "-o", "12MiB", "-l", "1MiB", file));
            assertThat(punched.status()).as(punched.output()).isZero();
            return outcome;
        });

        // When
        files.make(volume, SMALL, Files.createDirectory(directory.resolve("content")));

        // Then
        assertThat(sys.allocatedBytes(volume)).isGreaterThanOrEqualTo(SMALL.bytes());

        // When
        files.bringTo(volume, LARGE);

        // Then
        assertThat(ran).contains("resize2fs");
        assertThat(sys.allocatedBytes(volume)).isGreaterThanOrEqualTo(LARGE.bytes());
        assertThat(Ext4Superblock.read(volume).bytes()).isEqualTo(LARGE.bytes());
    }
}
