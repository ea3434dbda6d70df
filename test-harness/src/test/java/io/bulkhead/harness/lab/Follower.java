package io.bulkhead.harness.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Copies what is appended to a file, which may not be there yet. */
final class Follower implements AutoCloseable {
    private final Path file;
    private final OutputStream target;
    private @Nullable InputStream source;

    Follower(Path file, OutputStream target) {
        this.file = file;
        this.target = target;
    }

    /** Copies what is new. */
    void copy() throws IOException {
        if (source == null && Files.exists(file)) {
            source = Files.newInputStream(file);
        }
        if (source != null && source.transferTo(target) > 0) {
            target.flush();
        }
    }

    @Override
    public void close() throws IOException {
        if (source != null) {
            source.close();
        }
    }
}
