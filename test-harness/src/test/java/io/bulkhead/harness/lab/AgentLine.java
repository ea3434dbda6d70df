package io.bulkhead.harness.lab;

import io.bulkhead.harness.lab.HostCommand.Tail;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The serial line to a guest's agent: numbers of scripts go in; {@code ready} and {@code ended NUMBER STATUS} come out. */
final class AgentLine implements AutoCloseable {
    private static final Pattern ENDED = Pattern.compile("ended (\\d+) (\\d+)");
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final SocketChannel channel;
    private final AtomicInteger ready = new AtomicInteger();
    private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();

    private AgentLine(SocketChannel channel) {
        this.channel = channel;
    }

    /** Connects to the socket that a QEMU makes when it starts. */
    static AgentLine open(Path socket, Process qemu, Path log) throws IOException, InterruptedException {
        Wait.until(
                DEADLINE,
                () -> Files.exists(socket) || !qemu.isAlive(),
                () -> "QEMU does not start:\n" + Tail.of(log, 10));
        if (!qemu.isAlive()) {
            throw new LabFailure("QEMU does not start:\n" + Tail.of(log, 10));
        }
        AgentLine line = new AgentLine(connect(socket));
        Thread listener = new Thread(line::listen, "agent");
        listener.setDaemon(true);
        listener.start();
        return line;
    }

    private static SocketChannel connect(Path socket) throws IOException, InterruptedException {
        IOException refused = new IOException("never tried");
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() < end) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return channel;
            } catch (IOException e) {
                // The socket has its name a little before it listens.
                channel.close();
                refused = e;
            }
            Wait.aMoment();
        }
        throw refused;
    }

    private void listen() {
        try (BufferedReader reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.US_ASCII))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Matcher ended = ENDED.matcher(line.strip());
                if (ended.matches()) {
                    statuses.put(Integer.valueOf(ended.group(1)), Integer.valueOf(ended.group(2)));
                } else if (line.strip().equals("ready")) {
                    ready.incrementAndGet();
                }
            }
        } catch (IOException e) {
            // The guest is gone, or the line was closed; whoever waits asks QEMU's process.
        }
    }

    void submit(int number) throws IOException {
        channel.write(ByteBuffer.wrap((number + "\n").getBytes(StandardCharsets.US_ASCII)));
    }

    /** Whether the agent said since the last time that it is ready. */
    boolean takeReady() {
        return ready.getAndSet(0) > 0;
    }

    /** The status of a script that has ended. */
    Optional<Integer> status(int number) {
        return Optional.ofNullable(statuses.get(number));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nobody is at the other end any more.
        }
    }
}
