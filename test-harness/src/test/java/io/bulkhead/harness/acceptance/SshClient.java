package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** OpenSSH's client in a terminal of its own, which script(1) makes; its window has 80 columns and 24 lines. */
final class SshClient implements AutoCloseable {
    private static final int KEPT = 1 << 20;

    private final Process process;

    @SuppressWarnings("JdkObsolete") // One thread reads, another looks.
    private final StringBuffer shown = new StringBuffer();

    private SshClient(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "ssh-client");
        reader.setDaemon(true);
        reader.start();
    }

    /** The words of a client that asks nobody and remembers nothing. */
    static List<String> words(int port, Path key, String... rest) {
        List<String> all = new ArrayList<>(List.of(
                "ssh",
                "-F",
                "none",
                "-p",
                Integer.toString(port),
                "-i",
                key.toString(),
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "IdentityAgent=none",
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "LogLevel=ERROR",
                "-o",
                "BatchMode=yes"));
        all.addAll(Arrays.asList(rest));
        return all;
    }

    static SshClient open(int port, Path key, String... rest) {
        // With a shell between: script(1) stops as soon as its own child does.
        String line = "stty cols 80 rows 24; " + String.join(" ", words(port, key, rest)) + "; exit $?";
        try {
            return new SshClient(new ProcessBuilder("script", "-qefc", line, "/dev/null")
                    .redirectErrorStream(true)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (InputStream in = process.getInputStream()) {
            byte[] buffer = new byte[8192];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                shown.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
                if (shown.length() > KEPT) {
                    shown.delete(0, shown.length() - KEPT / 2);
                }
            }
        } catch (IOException e) {
            shown.append(e.getMessage());
        }
    }

    SshClient type(String keys) {
        try {
            process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    SshClient shows(String text) {
        await().atMost(Patience.seconds(30))
                .untilAsserted(() -> assertThat(shown.toString()).contains(text));
        return this;
    }

    boolean hasShown(String text) {
        return shown.indexOf(text) >= 0;
    }

    /** Gives its window another size, as a user's mouse does. */
    void resize(int columns, int lines) {
        try {
            Path terminal = Files.readSymbolicLink(Path.of("/proc/" + pid() + "/fd/0"));
            command(
                    "stty",
                    "-F",
                    terminal.toString(),
                    "cols",
                    Integer.toString(columns),
                    "rows",
                    Integer.toString(lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void signal(String name) {
        command("kill", "-" + name, Long.toString(pid()));
    }

    private static void command(String... words) {
        Commands.run(List.of(words), "", Patience.seconds(10)).expect(0);
    }

    private long pid() {
        return process.descendants()
                .filter(each -> each.info()
                        .command()
                        .filter(path -> path.endsWith("/ssh"))
                        .isPresent())
                .findFirst()
                .orElseThrow()
                .pid();
    }

    /** Waits for its end, and gives its exit status. */
    int end(Duration deadline) {
        try {
            assertThat(process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
    }
}
