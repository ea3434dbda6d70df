package io.bulkhead.manager.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The host's programs. */
public final class ProgramTools implements NetworkTools {
    private static final List<String> DIRECTORIES = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin");
    private static final Map<String, String> PACKAGES =
            Map.of("ip", "iproute2", "tc", "iproute2", "nft", "nftables", "nsenter", "util-linux");
    private static final long PATIENCE_SECONDS = 20;

    @Override
    public String run(List<String> command, String input) {
        List<String> words = new ArrayList<>(command);
        words.set(0, program(command.get(0)));
        try {
            ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
            builder.environment().keySet().retainAll(List.of());
            builder.environment().putAll(Map.of("PATH", String.join(":", DIRECTORIES), "LC_ALL", "C.UTF-8"));
            Process process = builder.start();
            CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .execute(process::destroyForcibly);
            // Closed here: the virtual machine does so only some time after the end.
            process.getErrorStream().close();
            try (InputStream said = process.getInputStream()) {
                give(process, input);
                String output = new String(said.readAllBytes(), StandardCharsets.UTF_8);
                int status = process.onExit().join().exitValue();
                if (status != 0) {
                    throw new NetworkException(text(command) + ": "
                            + (output.isBlank()
                                    ? "it ended with status " + status
                                    : output.strip().replace("\n", "; ")));
                }
                return output;
            }
        } catch (IOException e) {
            throw new NetworkException(text(command) + ": " + e.getMessage(), e);
        }
    }

    private static void give(Process process, String input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended without reading; its status says why.
            process.onExit().join();
        }
    }

    @Override
    public List<String> missing(List<String> programs) {
        return programs.stream()
                .filter(program -> find(program).isEmpty())
                .map(program -> PACKAGES.getOrDefault(program, program))
                .distinct()
                .toList();
    }

    private static Optional<String> find(String name) {
        return DIRECTORIES.stream()
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString);
    }

    private static String program(String name) {
        return find(name).orElseThrow(() -> new NetworkException(name + " is not installed"));
    }

    private static String text(List<String> command) {
        return String.join(" ", command);
    }
}
