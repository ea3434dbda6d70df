package io.bulkhead.console.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Runs the command line in a test's own surroundings, against the control plane of a run directory. */
final class CliRun {
    private final Path runDirectory;
    private final Map<String, String> environment = new HashMap<>();
    private String input = "";
    private boolean terminal;

    CliRun(Path runDirectory) {
        this.runDirectory = runDirectory;
        environment.put("BULKHEAD_CONFIG", "/dev/null");
        environment.put("TERM", "xterm");
    }

    /** What is typed; on a terminal the output is read by somebody, too. */
    CliRun typing(String text, boolean isTerminal) {
        input = text;
        terminal = isTerminal;
        return this;
    }

    CliRun with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** How it ended and what it said. */
    record Outcome(int code, String out, String err) {}

    Outcome run(String... args) {
        environment.put("BULKHEAD_INSTANCE_RUN_DIR", runDirectory.toString());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                terminal,
                terminal,
                terminal);
        int code = Main.run(surroundings, args);
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
