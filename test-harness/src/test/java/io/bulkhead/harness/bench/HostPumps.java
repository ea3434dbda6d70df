package io.bulkhead.harness.bench;

import io.bulkhead.harness.bench.ThroughputTrial.Running;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Others that hand on what comes out of a terminal, each with the same writer on a terminal of its own. */
final class HostPumps implements AutoCloseable {
    /** Of conserver; no test and no service of Debian's has it. */
    private static final String PORT = "17820";

    private static final int PIECE_BYTES = 64 << 10;
    private static final long DEADLINE_SECONDS = 10;

    private final Path place;
    private final Path socket;

    private HostPumps(Path place) {
        this.place = place;
        this.socket = place.resolve("pump.sock");
    }

    /** Compiles and configures in a directory, which goes when this is closed. */
    static HostPumps in(Path parent) throws IOException {
        Path place = Files.createDirectory(parent.resolve("pumps"));
        try (InputStream source = HostPumps.class.getResourceAsStream("pump.c")) {
            Files.copy(Objects.requireNonNull(source), place.resolve("pump.c"), StandardCopyOption.REPLACE_EXISTING);
        }
        HostProgram.run(
                "gcc",
                "-O2",
                "-Wall",
                "-o",
                place.resolve("pump").toString(),
                place.resolve("pump.c").toString());
        Files.writeString(place.resolve("passwd"), "");
        Files.writeString(
                place.resolve("conserver.cf"),
                String.join(
                        "\n",
                        "config * { sslrequired no; }",
                        "default full { rw *; }",
                        "default * { logfile " + place.resolve("&.log") + "; include full; master localhost; }",
                        "console pump { type exec; exec \"" + String.join(" ", ThroughputTrial.WRITER) + "\"; }",
                        "access * { trusted 127.0.0.1; allowed 127.0.0.1; }",
                        ""));
        return new HostPumps(place);
    }

    /** Reads and writes, no more. */
    Running pump() throws IOException {
        List<String> command = new ArrayList<>(List.of(place.resolve("pump").toString(), socket.toString()));
        command.addAll(ThroughputTrial.WRITER);
        return bySocket(command);
    }

    /** The tool that joins any two things. */
    Running socat() throws IOException {
        return bySocket(List.of(
                "socat",
                "-b" + PIECE_BYTES,
                "UNIX-LISTEN:" + socket,
                "EXEC:" + String.join(" ", ThroughputTrial.WRITER) + ",pty,setsid,ctty"));
    }

    private Running bySocket(List<String> command) throws IOException {
        Files.deleteIfExists(socket);
        Process process = start(command, "pump");
        SocketChannel channel = connect(process);
        return new Running(counting(Channels.newInputStream(channel))::get, () -> {
            channel.close();
            stop(process);
        });
    }

    private SocketChannel connect(Process process) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (true) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return channel;
            } catch (IOException e) {
                channel.close();
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    /** A console server with its own client and with a log, without encryption. */
    Running conserver() throws IOException {
        Process server = start(
                List.of(
                        "conserver",
                        "-M",
                        "127.0.0.1",
                        "-p",
                        PORT,
                        "-b",
                        "17830",
                        "-O",
                        "1",
                        "-C",
                        place.resolve("conserver.cf").toString(),
                        "-P",
                        place.resolve("passwd").toString()),
                "conserver");
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        Process client = new ProcessBuilder("console", "-M", "127.0.0.1", "-p", PORT, "-E", "-s", "-l", "root", "pump")
                .redirectError(place.resolve("console.log").toFile())
                .start();
        return new Running(counting(client.getInputStream())::get, () -> {
            stop(client);
            stop(server);
        });
    }

    private Process start(List<String> command, String name) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(place.resolve(name + ".out").toFile())
                .start();
    }

    private static AtomicLong counting(InputStream from) {
        AtomicLong bytes = new AtomicLong();
        Thread thread = new Thread(
                () -> {
                    byte[] piece = new byte[PIECE_BYTES];
                    try {
                        for (int count = from.read(piece); count >= 0; count = from.read(piece)) {
                            bytes.addAndGet(count);
                        }
                    } catch (IOException e) {
                        // Closed under it, which is its end.
                        return;
                    }
                },
                "reader");
        thread.setDaemon(true);
        thread.start();
        return bytes;
    }

    /** Ends it and what it has started. */
    private static void stop(Process process) throws IOException {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.list(place)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(place);
    }
}
