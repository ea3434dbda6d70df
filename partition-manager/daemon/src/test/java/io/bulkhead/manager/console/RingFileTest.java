package io.bulkhead.manager.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingFileTest {
    private static final String CREATED = TestConsoles.CREATED;
    private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o'};

    @TempDir
    Path directory;

    private Path file;
    private RingFile store;

    @BeforeEach
    void name() {
        file = directory.resolve("db.ring");
        store = new RingFile(directory, "db", "boot-1");
    }

    private void make() {
        ConsoleRing ring = store.make(CREATED, 4096, Optional.empty(), 7);
        ring.append(HELLO, 0, HELLO.length);
    }

    @Test
    void isFoundAgainWithAllThatWasSaid() throws IOException {
        make();

        ConsoleRing found = store.find(CREATED).orElseThrow();

        assertThat(found.read(7, 100)).isEqualTo(HELLO);
        assertThat(found.end()).isEqualTo(12);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.size(file)).isEqualTo(ConsoleRing.memoryFor(4096));
        assertThat(directory).isDirectoryContaining(each -> each.equals(file));
    }

    @Test
    void isOfOneConsoleAndOneBootOnly() {
        make();

        assertThat(store.find("ffeeddccbbaa9988")).isEmpty();
        assertThat(new RingFile(directory, "db", "boot-2").find(CREATED)).isEmpty();
        assertThat(new RingFile(directory, "web", "boot-1").find(CREATED)).isEmpty();
    }

    @Test
    void isNotReachedThroughALink() throws IOException {
        make();
        Path elsewhere = directory.resolve("elsewhere");
        Files.move(file, elsewhere);
        byte[] before = Files.readAllBytes(elsewhere);
        Files.createSymbolicLink(file, elsewhere);

        assertThat(store.find(CREATED)).isEmpty();
        store.remove();

        assertThat(Files.readAllBytes(elsewhere)).isEqualTo(before);
        assertThat(file).doesNotExist();
    }

    @Test
    void isNotOursWithASecondNameOrOpenToOthers() throws IOException {
        make();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(store.find(CREATED)).isEmpty();

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(store.find(CREATED)).isPresent();

        Files.createLink(directory.resolve("second"), file);
        assertThat(store.find(CREATED)).isEmpty();
    }

    @Test
    void aFileThatWasCutIsNoRing() throws IOException {
        make();
        byte[] all = Files.readAllBytes(file);
        for (int length : new int[] {0, 7, 100, 24_576, 90_000, all.length - 1}) {
            Files.write(file, Arrays.copyOf(all, length));
            assertThat(store.find(CREATED)).as("of %d bytes", length).isEmpty();
        }
    }

    @Test
    void givesItsMemoryBackAtOnce() throws IOException {
        make();
        Path kept = directory.resolve("kept");
        Files.createLink(kept, file);

        store.remove();

        assertThat(file).doesNotExist();
        assertThat(Files.size(kept)).isZero();
    }

    @Test
    void changesItsSizeWithoutLosingWhatFits() throws IOException {
        make();
        ConsoleRing former = store.find(CREATED).orElseThrow();

        store.make(CREATED, 8192, Optional.of(former), former.start());

        ConsoleRing found = store.find(CREATED).orElseThrow();
        assertThat(found.capacity()).isEqualTo(8192);
        assertThat(found.read(7, 100)).isEqualTo(HELLO);
        try (var all = Files.list(directory)) {
            assertThat(all).containsExactly(file);
        }
    }

    @Test
    void aConsoleGoesBeforeItsContinuity() {
        RingFile nowhere = new RingFile(directory.resolve("missing"), "db", "boot-1");

        ConsoleRing ring = nowhere.make(CREATED, 4096, Optional.empty(), 7);

        ring.append(HELLO, 0, HELLO.length);
        assertThat(ring.read(7, 100)).isEqualTo(HELLO);
        nowhere.remove();
    }
}
