package io.bulkhead.harness.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the sources stand that are tested. */
final class Checkout {
    private Checkout() {}

    /** The top directory, found by walking up from where the tests run. */
    static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isExecutable(directory.resolve("bulkhead"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException(
                        "no launcher above " + Path.of("").toAbsolutePath());
            }
        }
        return directory;
    }
}
