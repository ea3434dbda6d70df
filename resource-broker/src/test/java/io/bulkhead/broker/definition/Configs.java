package io.bulkhead.broker.definition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds what administrators start from: the directory {@code configs} above the working directory. */
final class Configs {
    private Configs() {}

    static Path directory() {
        for (Path place = Path.of("").toAbsolutePath(); place != null; place = place.getParent()) {
            if (Files.isDirectory(place.resolve("configs/schema"))) {
                return place.resolve("configs");
            }
        }
        throw new IllegalStateException("no configs/schema above " + Path.of("").toAbsolutePath());
    }

    /** Every file of definitions there is. */
    static List<Path> examples() {
        try (Stream<Path> files = Files.walk(directory())) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(String name) {
        return read(directory().resolve(name));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
