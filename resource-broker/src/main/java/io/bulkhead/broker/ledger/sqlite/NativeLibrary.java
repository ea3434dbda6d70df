package io.bulkhead.broker.ledger.sqlite;

import io.bulkhead.broker.ledger.LedgerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite's native library, loaded once in a process. The driver unpacks it to a file first and counts on an orderly end
 * to remove it; here it is unpacked to a directory of our own and removed once it is mapped, so that nothing is left
 * when we are killed. Not in the run directory, which many hosts mount noexec.
 */
final class NativeLibrary {
    private static boolean loaded;

    private NativeLibrary() {}

    /**
     * Loads the library if it is not loaded yet. Fails with a {@link LedgerFault} where it cannot be loaded.
     *
     * @param directory to be made and removed again; may be left over from a process that was killed
     */
    static synchronized void load(Path directory) throws IOException {
        remove(directory);
        if (loaded) {
            return;
        }
        Files.createDirectory(directory);
        try {
            System.setProperty("org.sqlite.tmpdir", directory.toString());
            SQLiteJDBCLoader.initialize();
            loaded = true;
        } catch (Exception | UnsatisfiedLinkError e) {
            throw new LedgerFault(
                    LedgerFault.Kind.FAILED,
                    "SQLite's native library cannot be loaded from " + directory + ": " + e.getMessage(),
                    "mount the file system of the state directory without noexec",
                    e);
        } finally {
            remove(directory);
        }
    }

    private static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
