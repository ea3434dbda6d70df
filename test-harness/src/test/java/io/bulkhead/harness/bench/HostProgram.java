package io.bulkhead.harness.bench;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;

/** Programs of the host. */
final class HostProgram {
    private static final int FAILED = 255;

    private HostProgram() {}

    /** Starts one, in the mount namespace of the calling thread, and reads what it prints. */
    static Program start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        Output output = new Output();
        Thread reader = new Thread(() -> read(process, output), "output of " + command.get(0));
        reader.setDaemon(true);
        reader.start();
        return output;
    }

    private static void read(Process process, Output output) {
        byte[] piece = new byte[64 << 10];
        try (InputStream in = process.getInputStream()) {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                output.take(piece, count);
            }
            output.end(process.waitFor());
        } catch (IOException e) {
            output.end(FAILED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs one to its end and returns what it printed. */
    static String run(String... command) throws IOException {
        try {
            return start(List.of(command)).await(Duration.ofSeconds(30));
        } catch (IOException e) {
            throw new IOException(String.join(" ", command) + ": " + e.getMessage(), e);
        }
    }
}
