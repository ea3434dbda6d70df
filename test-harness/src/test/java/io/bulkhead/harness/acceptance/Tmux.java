package io.bulkhead.harness.acceptance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A terminal of a kind that people use, in a server of its own: a command runs on it, keys are sent, its screen is read. */
final class Tmux implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 20;

    private final String server;

    private Tmux(String server) {
        this.server = server;
    }

    /**
     * Starts a command on a new terminal of 90 columns and 24 rows.
     *
     * @param name of the server, nobody else's
     */
    static Tmux start(String name, List<String> command) {
        Tmux tmux = new Tmux(name);
        // Without lines that a larger window brings back: those depend on when a program heard of its size
        List<String> words = new ArrayList<>(List.of("-f", "/dev/null", "set-option", "-g", "history-limit", "0", ";"));
        words.addAll(List.of("new-session", "-d", "-s", "only", "-x", "90", "-y", "24"));
        words.addAll(command);
        tmux.run(words);
        tmux.tell("set-option", "-g", "status", "off");
        tmux.resize(90, 24);
        return tmux;
    }

    /** Sends keys by their names in tmux(1), like {@code C-c} and {@code Enter}. */
    void keys(String... names) {
        List<String> words = new ArrayList<>(List.of("send-keys", "-t", "only"));
        words.addAll(Arrays.asList(names));
        run(words);
    }

    /** Types a text and nothing behind it. */
    void type(String text) {
        tell("send-keys", "-t", "only", "-l", text);
    }

    void resize(int columns, int rows) {
        tell("resize-window", "-t", "only", "-x", Integer.toString(columns), "-y", Integer.toString(rows));
    }

    /** What stands on the screen, without blanks at the ends of lines. */
    String screen() {
        return run(List.of("capture-pane", "-p", "-t", "only"));
    }

    private void tell(String... words) {
        run(Arrays.asList(words));
    }

    private String run(List<String> words) {
        // UTF-8 whatever the environment says of the language
        List<String> command = new ArrayList<>(List.of("tmux", "-u", "-L", server));
        command.addAll(words);
        return Commands.run(command, "", Patience.seconds(PATIENCE_SECONDS))
                .expect(0)
                .out();
    }

    @Override
    public void close() {
        Commands.run(List.of("tmux", "-L", server, "kill-server"), "", Patience.seconds(PATIENCE_SECONDS));
    }
}
