package io.bulkhead.harness.bench;

import io.bulkhead.console.client.Attached;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.contract.partition.ConsoleSlice;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** How soon what is typed is seen while another console floods, and how soon a flood ends at a key. */
final class LatencyTrial {
    private static final int QUIET = 49;
    private static final int QUIET_MILLIS = 10;
    private static final int FLOOD_MILLIS = 1000;
    private static final int BOUNDED_MILLIS = 300;
    private static final int ROUNDS = 40;
    private static final int INTERRUPTS = 20;
    private static final long VIEWER_BYTES_PER_SECOND = 20_000_000;
    private static final long ECHO_BUDGET_NANOS = 20_000_000;
    private static final long INTERRUPT_BUDGET_NANOS = 100_000_000;
    private static final byte DELETE = 0x7F;
    private static final byte INTERRUPT = 0x03;

    private final ConsoleGround ground;
    private final Consumer<String> progress;

    LatencyTrial(ConsoleGround ground, Consumer<String> progress) {
        this.ground = ground;
        this.progress = progress;
    }

    /** Runs, and returns the results in Markdown. */
    String run() throws IOException {
        List<PartitionName> quiet = new ArrayList<>();
        for (int i = 1; i <= QUIET; i++) {
            quiet.add(ground.start("quiet-" + i, QUIET_MILLIS, ConsoleSlice.DEFAULT));
        }
        PartitionName bounded = ground.start("bounded", BOUNDED_MILLIS, ConsoleSlice.DEFAULT);
        PartitionName full = ground.start("full", FLOOD_MILLIS, ConsoleGround.unlimited());
        List<Attached> typists = new ArrayList<>();
        Table table = new Table("from a key to its echo, ms", "median", "p99", "longest", "n");
        Latencies beside;
        List<Long> interrupts;
        Latencies alone;
        try {
            for (PartitionName each : quiet) {
                typists.add(typist(each));
            }
            echoes(typists, ROUNDS / 2);
            progress.accept("echo, nothing else");
            alone = echoes(typists, ROUNDS);
            table.row(row(QUIET + " quiet consoles", alone));
            table.row(row("beside `yes` at the usual 4 MiB/s", besideFlood(bounded, typists)));
            beside = besideFlood(full, typists);
            table.row(row("beside `yes` at full speed", beside));
        } finally {
            for (Attached each : typists) {
                each.close();
            }
        }
        interrupts = interrupts(full);
        Latencies ended =
                Latencies.of(interrupts.stream().mapToLong(each -> each).toArray(), 0, "");
        Table keys = new Table("from ^C to the prompt, ms", "median", "p99", "longest", "n");
        keys.row(row("`yes` at full speed, viewer at 20 MB/s", ended));
        return table + "\n" + keys + "\n"
                + budget(
                        "p99 of the echo beside `yes` at full speed, at most 20 ms",
                        beside.p99Nanos(),
                        ECHO_BUDGET_NANOS)
                + budget(
                        "^C under `yes` for a viewer at 20 MB/s, at most 100 ms and a round trip",
                        ended.maxNanos(),
                        INTERRUPT_BUDGET_NANOS + alone.p50Nanos());
    }

    private static String budget(String what, long nanos, long most) {
        return "- budget, " + what + ": " + (nanos <= most ? "**met**" : "**not met**") + " (" + Figures.millis(nanos)
                + ")\n";
    }

    private static String[] row(String name, Latencies times) {
        return new String[] {
            name,
            Figures.millis(times.p50Nanos()),
            Figures.millis(times.p99Nanos()),
            Figures.millis(times.maxNanos()),
            Integer.toString(times.calls())
        };
    }

    // ---- echo

    private Attached typist(PartitionName partition) {
        return ground.api()
                .attach(
                        partition,
                        ClientMessage.Hello.view("bench", Start.now(), LagPolicy.INTERACTIVE)
                                .wishing(Wish.WRITE)
                                .raw(true));
    }

    private Latencies besideFlood(PartitionName flood, List<Attached> typists) throws IOException {
        progress.accept("echo beside " + flood);
        String line = String.join(" ", ThroughputTrial.WRITER);
        ground.inside(flood, List.of("/bin/sh", "-c", "exec " + line + " > /dev/console"));
        try (BenchViewer viewer = BenchViewer.attach(ground.api(), flood, LagPolicy.INTERACTIVE, Start.now())) {
            viewer.read(VIEWER_BYTES_PER_SECOND);
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            return echoes(typists, ROUNDS);
        } finally {
            ground.inside(flood, List.of("/usr/bin/pkill", "-x", "yes")).await(ConsoleGround.PATIENCE);
        }
    }

    /** One key after the other at all of them in turns, each time one and its deletion, so that no line gets long. */
    private static Latencies echoes(List<Attached> typists, int rounds) throws IOException {
        List<Long> nanos = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            byte key = round % 2 == 0 ? (byte) 'a' : DELETE;
            for (Attached each : typists) {
                nanos.add(echo(each, key));
            }
        }
        return Latencies.of(nanos.stream().mapToLong(each -> each).toArray(), 0, "");
    }

    private static long echo(Attached typist, byte key) throws IOException {
        long from = System.nanoTime();
        type(typist, key);
        while (true) {
            ServerMessage message = typist.connection()
                    .receive()
                    .orElseThrow(() -> new IOException("a console's connection has ended"));
            if (message instanceof ServerMessage.Output output) {
                long nanos = System.nanoTime() - from;
                typist.connection().send(new ClientMessage.Credit(output.bytes().remaining()));
                return nanos;
            }
        }
    }

    private static void type(Attached typist, byte... keys) throws IOException {
        typist.connection().send(new ClientMessage.Input(ByteBuffer.wrap(keys)));
    }

    // ---- interrupting

    private List<Long> interrupts(PartitionName partition) throws IOException {
        progress.accept("interrupting");
        List<Long> nanos = new ArrayList<>();
        try (Attached typist = typist(partition)) {
            for (int i = 0; i < INTERRUPTS; i++) {
                type(typist, "yes\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                // So that its own queues are full
                readFor(typist, TimeUnit.MILLISECONDS.toNanos(700));
                long from = System.nanoTime();
                type(typist, INTERRUPT);
                nanos.add(readToPrompt(typist, from));
            }
        }
        return nanos;
    }

    private static void readFor(Attached typist, long nanos) throws IOException {
        long begun = System.nanoTime();
        long bytes = 0;
        while (System.nanoTime() - begun < nanos) {
            bytes += readSlowly(typist, begun, bytes).map(ByteBuffer::remaining).orElse(0);
        }
    }

    private static long readToPrompt(Attached typist, long from) throws IOException {
        long begun = System.nanoTime();
        long bytes = 0;
        while (true) {
            Optional<ByteBuffer> came = readSlowly(typist, begun, bytes);
            if (came.isPresent()) {
                bytes += came.get().remaining();
                for (int i = came.get().position(); i < came.get().limit(); i++) {
                    if (came.get().get(i) == '#') {
                        return System.nanoTime() - from;
                    }
                }
            }
        }
    }

    /** The next output, if the next message is one; as fast as the viewer is. */
    private static Optional<ByteBuffer> readSlowly(Attached typist, long begun, long bytes) throws IOException {
        LockSupport.parkNanos(
                begun + bytes * TimeUnit.SECONDS.toNanos(1) / VIEWER_BYTES_PER_SECOND - System.nanoTime());
        ServerMessage message =
                typist.connection().receive().orElseThrow(() -> new IOException("the console's connection has ended"));
        if (message instanceof ServerMessage.Output output) {
            typist.connection().send(new ClientMessage.Credit(output.bytes().remaining()));
            return Optional.of(output.bytes());
        }
        return Optional.empty();
    }
}
