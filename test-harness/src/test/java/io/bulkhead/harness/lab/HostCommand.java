package io.bulkhead.harness.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the machine that the lab runs on. */
final class HostCommand {
    private HostCommand() {}

    /** Runs a program to its end, its output into a file. */
    static void run(List<String> command, Path log, Duration deadline) throws IOException, InterruptedException {
        Process process = start(command, log);
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LabFailure(
                        command.get(0) + " is not done after " + deadline.toSeconds() + " s; its log is " + log);
            }
        } finally {
            stop(process);
        }
        if (process.exitValue() != 0) {
            throw new LabFailure(command.get(0) + " ended with " + process.exitValue() + ":\n"
                    + Tail.of(log, 15).indent(4) + "its log is " + log);
        }
    }

    /** Starts a program that the kernel ends when this thread does, however that happens; its output goes into a file. */
    static Process start(List<String> command, Path log) throws IOException {
        return bound(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** The same with this terminal as its input and output. */
    static Process startOnTerminal(List<String> command) throws IOException {
        return bound(command).inheritIO().start();
    }

    private static ProcessBuilder bound(List<String> command) {
        List<String> bound = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        bound.addAll(command);
        return new ProcessBuilder(bound);
    }

    /** Ends a program and what it started, and waits until it is gone. */
    static void stop(Process process) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
    }

    /** The last lines of a text file. */
    static final class Tail {
        private Tail() {}

        static String of(Path file, int lines) {
            try {
                List<String> all = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
                return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
            } catch (IOException e) {
                return "(" + file + " cannot be read: " + e.getMessage() + ")";
            }
        }
    }
}
