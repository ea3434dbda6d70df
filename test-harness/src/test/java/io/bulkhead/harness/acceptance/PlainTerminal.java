package io.bulkhead.harness.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A terminal on this host, of tmux, with one program on it: what a screen should look like. */
final class PlainTerminal implements AutoCloseable {
    private final String server;

    private PlainTerminal(String server) {
        this.server = server;
    }

    /**
     * Starts a program.
     *
     * @param directory where it runs; tmux's settings are put there too
     * @param command for a shell
     */
    static PlainTerminal run(Path directory, ConsolePage.Size size, String command) {
        Path settings = directory.resolve("tmux.conf");
        try {
            Files.writeString(settings, "set -g status off\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PlainTerminal terminal =
                new PlainTerminal("bh-test-" + ProcessHandle.current().pid());
        terminal.tmux(
                "-f",
                settings.toString(),
                "new-session",
                "-d",
                "-c",
                directory.toString(),
                "-x",
                Integer.toString(size.columns()),
                "-y",
                Integer.toString(size.rows()),
                command);
        return terminal;
    }

    private String tmux(String... words) {
        List<String> command = new ArrayList<>(List.of("tmux", "-u", "-L", server));
        command.addAll(List.of(words));
        return Commands.run(command, "", Patience.seconds(10)).expect(0).out();
    }

    /** Types text as it is. */
    void type(String text) {
        tmux("send-keys", "-l", text);
    }

    /** Presses a key, as tmux names it. */
    void press(String key) {
        tmux("send-keys", key);
    }

    /** The text on its screen, a line each, without blanks at their ends. */
    String screen() {
        return String.join(
                        "\n",
                        tmux("capture-pane", "-p")
                                .lines()
                                .map(String::stripTrailing)
                                .toList())
                .stripTrailing();
    }

    @Override
    public void close() {
        tmux("kill-server");
    }
}
