package io.bulkhead.console.cli;

import io.bulkhead.console.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The editor of the user: $VISUAL, which a dumb terminal cannot serve, then $EDITOR, then what Debian calls editor, then vi;
 * environ(7), sensible-editor(1).
 */
final class Editor {
    private final String command;

    private Editor(String command) {
        this.command = command;
    }

    static Editor of(Map<String, String> environment) {
        boolean dumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Editor(
                Stream.of(dumb ? "" : environment.getOrDefault("VISUAL", ""), environment.getOrDefault("EDITOR", ""))
                        .filter(each -> !each.isBlank())
                        .findFirst()
                        .orElseGet(() -> isOnPath("editor", environment) ? "editor" : "vi"));
    }

    private static boolean isOnPath(String program, Map<String, String> environment) {
        return Pattern.compile(":")
                .splitAsStream(environment.getOrDefault("PATH", ""))
                .filter(directory -> !directory.isEmpty())
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** Lets the user edit a file; the answer is the editor's exit status. The variable may hold arguments, as for git. */
    int edit(Path file) throws IOException, InterruptedException {
        // Ctrl-C is the editor's while it runs.
        Terminal.onSignal("INT", () -> {});
        return new ProcessBuilder(List.of("/bin/sh", "-c", command + " \"$1\"", "bulkhead-edit", file.toString()))
                .inheritIO()
                .start()
                .waitFor();
    }

    @Override
    public String toString() {
        return command;
    }
}
