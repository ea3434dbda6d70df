package io.bulkhead.manager.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.TreeCalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import io.bulkhead.manager.sys.jna.JnaTreeCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Directories to be shared, looked at while their owner renames them. */
class ShareSourcesIT {
    private static final int LOOKS = 3_000;

    @TempDir(cleanup = CleanupMode.ALWAYS)
    private Path directory;

    @Test
    void looksAtTheVeryDirectoryThatIsShared() throws Exception {
        // Given a directory that everybody enters, and a racer that swaps it for a link to one that root alone enters
        Path open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(directory.resolve("link"), closed);
        Share share = new Share(open.toString(), new InsidePath("/srv/x"), true);
        ShareSources shares = new ShareSources(new JnaSyscalls(), List.of(), range -> {
            throw new AssertionError("it would be shared for writing");
        });
        UidRange range = new UidRange(65_536L * 30_000);

        Set<String> refusals = new TreeSet<>();
        AtomicBoolean goesOn = new AtomicBoolean(true);
        Thread racer = new Thread(() -> swap(goesOn));
        racer.start();
        try {
            // When
            for (int i = 0; i < LOOKS; i++) {
                assertThatThrownBy(() -> shares.take(share, range))
                        .isInstanceOfSatisfying(Refusal.class, refusal -> refusals.add(refusal.getMessage()));
            }
        } finally {
            goesOn.set(false);
            racer.join();
        }

        // Then both were met, and neither was shared
        assertThat(refusals).hasSize(2);
    }

    private void swap(AtomicBoolean goesOn) {
        TreeCalls calls = new JnaTreeCalls();
        try (Fd here = calls.openRoot(directory)) {
            while (goesOn.get()) {
                calls.exchange(here, "open", here, "link");
            }
        }
    }
}
