package io.bulkhead.harness.bench;

import io.bulkhead.harness.bench.Contender.CannotRunException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Which programs there are, and what they say of themselves. */
final class Versions {
    private static final List<String> PLACES = List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin");

    private Versions() {}

    /** The path of a program. */
    static String find(String program, String debianPackage) throws CannotRunException {
        return PLACES.stream()
                .map(place -> Path.of(place, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElseThrow(() ->
                        new CannotRunException(program + " is not installed (Debian package " + debianPackage + ")"));
    }

    /** The first line that a program says when asked for its version. */
    static String of(String program) {
        try {
            Process process = new ProcessBuilder(program, "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.lines().findFirst().orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
