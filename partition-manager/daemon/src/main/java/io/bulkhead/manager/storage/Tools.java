package io.bulkhead.manager.storage;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the programs of e2fsprogs. */
@FunctionalInterface
interface Tools {
    /**
     * What a program left.
     *
     * @param status its exit status
     * @param output the last of what it said, on one line
     */
    record Outcome(int status, String output) {}

    /**
     * Runs a program to its end, however long it takes.
     *
     * @param program without its directory
     */
    Outcome run(String program, List<String> arguments);

    /** Those of this host. Not for threads that have left the host's mounts. */
    static Tools ofHost() {
        return Tools::execute;
    }

    /** Refuses unless they are installed. */
    static void requireInstalled() {
        for (String program : List.of("mke2fs", "e2fsck", "resize2fs")) {
            locate(program);
        }
    }

    private static Path locate(String program) {
        for (String directory : List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin")) {
            Path path = Path.of(directory, program);
            if (Files.isExecutable(path)) {
                return path;
            }
        }
        throw Refusal.of(
                ProblemCode.NOT_ENFORCEABLE, "volumes take " + program, "install e2fsprogs: apt-get install e2fsprogs");
    }

    private static Outcome execute(String program, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(locate(program).toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C"));
        try {
            Process process = builder.start();
            byte[] bytes = process.getInputStream().readAllBytes();
            String text = new String(bytes, StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
            return new Outcome(process.waitFor(), text.substring(Math.max(0, text.length() - 400)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + program + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + program + " ran", e);
        }
    }
}
