package io.bulkhead.harness.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Programs in Perl, which every Debian has, that lie beside the classes and run inside of partitions and containers. */
final class Scripts {
    private Scripts() {}

    /** The command for scripts that make one program together; arguments follow. */
    static List<String> perl(String... names) {
        StringBuilder program = new StringBuilder();
        for (String name : names) {
            program.append(text(name));
        }
        return List.of("/usr/bin/perl", "-e", program.toString());
    }

    private static String text(String name) {
        try (InputStream in = Scripts.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
