package io.bulkhead.console.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs on the host, beside the partitions. */
final class HostCommand {
    private static final long PATIENCE_SECONDS = 20;

    private HostCommand() {}

    /**
     * Runs one to its end.
     *
     * @return how it ended, with both of its outputs in one
     */
    static Inside.Result run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return new Inside.Result(ended ? process.exitValue() : -1, out, "");
        } finally {
            process.destroy();
        }
    }

    /** Runs one that must do what it is asked. */
    static void require(String... command) throws IOException, InterruptedException {
        Inside.Result result = run(List.of(command));
        if (result.status() != 0) {
            throw new IOException(
                    String.join(" ", command) + ": " + result.out().strip());
        }
    }
}
