package io.bulkhead.console.terminal;

import io.bulkhead.contract.partition.WindowSize;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jline.utils.Signals;

/**
 * The terminal that standard input is: its size and its mode, by stty(1), which is on every Debian. Safe for any thread.
 *
 * <p>The mode is put back at the end of {@link #inRawMode}, and at the end of this process in any case that a process can
 * notice.
 */
public final class Terminal {
    private static final Path STANDARD_STREAMS = Path.of("/proc/self/fd");

    private Terminal() {}

    /** Whether a standard stream (0, 1 or 2) is a terminal, by where its descriptor leads; proc_pid_fd(5). */
    public static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(STANDARD_STREAMS.resolve(Integer.toString(descriptor)))
                    .toString();
            return target.matches("/dev/(pts/\\d+|tty.*|console|hvc\\d+)");
        } catch (IOException e) {
            return false;
        }
    }

    /** The size of the window; empty where it is not known. */
    public static Optional<WindowSize> size() {
        try {
            String[] words = stty(List.of("size")).split(" ");
            return Optional.of(new WindowSize(Integer.parseInt(words[1]), Integer.parseInt(words[0])));
        } catch (IOException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** Does something while every key is handed on as it is typed. */
    public static int inRawMode(Activity activity) throws IOException {
        Raw raw = new Raw(stty(List.of("-g")));
        try {
            stty(List.of("raw", "-echo"));
            return activity.run();
        } finally {
            raw.close();
        }
    }

    /** What is done in raw mode. */
    @FunctionalInterface
    public interface Activity {
        /** The answer is an exit code. */
        int run() throws IOException;
    }

    /** Runs something whenever the window has changed; signal(7), SIGWINCH. */
    public static void onResize(Runnable action) {
        Signals.register("WINCH", action);
    }

    /** Runs something instead of being ended by a signal, like {@code INT}; signal(7). */
    public static void onSignal(String name, Runnable action) {
        Signals.register(name, action);
    }

    /** The mode to come back to. */
    private static final class Raw implements AutoCloseable {
        private final String before;
        private final Thread atExit;

        private Raw(String before) {
            this.before = before;
            this.atExit = new Thread(this::restore, "restore-terminal");
            Runtime.getRuntime().addShutdownHook(atExit);
        }

        /** Puts the mode back. */
        @Override
        public void close() {
            restore();
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException e) {
                // The process is ending, and the hook has run or will: twice does no harm.
                return;
            }
        }

        private void restore() {
            try {
                stty(List.of(before));
            } catch (IOException e) {
                System.err.println("bulkhead: the terminal could not be restored; type: stty sane");
            }
        }
    }

    private static String stty(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(new File("/dev/null"))
                .start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("stty " + String.join(" ", arguments) + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return answer;
    }
}
