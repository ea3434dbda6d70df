package io.bulkhead.harness.acceptance;

import io.bulkhead.harness.acceptance.Installation.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the host, run to their end. */
final class Commands {
    private Commands() {}

    /** Runs a program; its output goes through files so that neither side can block the other. */
    static Result run(List<String> command, String input, Duration deadline) {
        try {
            Path directory = Files.createTempDirectory("bh-command-");
            Path in = Files.writeString(directory.resolve("in"), input);
            Path out = directory.resolve("out");
            Path err = directory.resolve("err");
            Process process = new ProcessBuilder(command)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + deadline + ": " + command + "\n"
                        + Files.readString(out) + Files.readString(err));
            }
            Result result = new Result(
                    process.exitValue(),
                    new String(Files.readAllBytes(out), StandardCharsets.UTF_8),
                    new String(Files.readAllBytes(err), StandardCharsets.UTF_8));
            for (Path file : List.of(in, out, err, directory)) {
                Files.delete(file);
            }
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
