package io.bulkhead.harness.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A control plane in a JVM of its own, with the flags that the launcher gives it, in a directory of its own. */
final class ControlPlaneProcess implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    private final Process process;
    private final Path socket;

    private ControlPlaneProcess(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    /** Starts it where {@code manager.sock} is, and waits until it answers. */
    static ControlPlaneProcess start(Path directory) throws IOException {
        Path control = Files.createDirectories(directory.resolve("control"));
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.bulkhead.console.ControlPlane",
                        "--override",
                        "instance.run_dir=" + directory,
                        "--override",
                        "instance.state_dir=" + directory.resolve("state")))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("control-plane.log").toFile())
                .start();
        ControlPlaneProcess started = new ControlPlaneProcess(process, control.resolve("api.sock"));
        started.awaitAnswer();
        return started;
    }

    private void awaitAnswer() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (System.nanoTime() < end && process.isAlive()) {
            try (ApiConnection connection = new ApiConnection(socket)) {
                connection.ask("/readyz");
                return;
            } catch (IOException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
        close();
        throw new IOException("the control plane does not answer at " + socket);
    }

    Path socket() {
        return socket;
    }

    /** Its resident memory; proc(5). */
    long rssKib() {
        return HostLines.text("/proc/" + process.pid() + "/status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
