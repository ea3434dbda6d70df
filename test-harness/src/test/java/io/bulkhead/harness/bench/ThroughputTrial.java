package io.bulkhead.harness.bench;

import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** How much of one terminal reaches one viewer in a second, through us and through others, all in turns. */
final class ThroughputTrial {
    /** What all of them have put out: lines of 80 bytes. */
    static final List<String> WRITER = List.of("/usr/bin/yes", "x".repeat(79));

    private static final int FLOOD_MILLIS = 1000;
    private static final int ROUNDS = 3;
    private static final double BYTES_PER_NANO_TO_MEGABYTES_PER_SECOND = 1e3;

    private final ConsoleGround ground;
    private final Consumer<String> progress;
    private final int seconds;
    private final Path place;

    ThroughputTrial(ConsoleGround ground, Consumer<String> progress, int seconds) {
        this.ground = ground;
        this.progress = progress;
        this.seconds = seconds;
        this.place = ground.manager().directory();
    }

    /** Something that stands between a terminal and a viewer. */
    @FunctionalInterface
    interface Way {
        /** Has the writer write and a viewer read until it is closed. */
        Running open() throws IOException;
    }

    /**
     * One that is at work.
     *
     * @param bytes that have reached the viewer until now
     * @param end stops the writer and the viewer
     */
    record Running(LongSupplier bytes, AutoCloseable end) {}

    /** Runs, and returns the results in Markdown. */
    String run() throws IOException {
        PartitionName partition = ground.start("throughput", FLOOD_MILLIS, ConsoleGround.unlimited());
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("bulkhead", () -> bulkhead(partition, LagPolicy.COMPLETE));
        ways.put("bulkhead, following", () -> bulkhead(partition, LagPolicy.FOLLOW));
        try (HostPumps pumps = HostPumps.in(place)) {
            ways.put("pump in C", pumps::pump);
            ways.put("socat", pumps::socat);
            ways.put("conserver", pumps::conserver);
            Map<String, List<Double>> found = takeTurns(ways);
            ground.remove(partition);
            return markdown(found);
        }
    }

    private Map<String, List<Double>> takeTurns(Map<String, Way> ways) throws IOException {
        Map<String, List<Double>> found = new LinkedHashMap<>();
        ways.keySet().forEach(each -> found.put(each, new ArrayList<>()));
        for (int round = 0; round < ROUNDS; round++) {
            List<String> order = new ArrayList<>(ways.keySet());
            Collections.shuffle(order, new Random(round));
            for (String each : order) {
                progress.accept("throughput, round " + (round + 1) + " of " + ROUNDS + ": " + each);
                found.get(each).add(measure(ways.get(each)));
            }
        }
        return found;
    }

    /** MB/s, once it is warm. */
    private double measure(Way way) throws IOException {
        Running running = way.open();
        try {
            pause(TimeUnit.SECONDS.toNanos(1));
            long bytes = running.bytes().getAsLong();
            long from = System.nanoTime();
            pause(TimeUnit.SECONDS.toNanos(seconds) / 2);
            return (running.bytes().getAsLong() - bytes)
                    * BYTES_PER_NANO_TO_MEGABYTES_PER_SECOND
                    / (System.nanoTime() - from);
        } finally {
            close(running);
        }
    }

    private static void close(Running running) throws IOException {
        try {
            running.end().close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private Running bulkhead(PartitionName partition, LagPolicy policy) throws IOException {
        BenchViewer viewer =
                BenchViewer.attach(ground.api(), partition, policy, Start.now()).read(0);
        String line = String.join(" ", WRITER);
        Program writer = ground.inside(partition, List.of("/bin/sh", "-c", "exec " + line + " > /dev/console"));
        return new Running(viewer::delivered, () -> {
            ground.inside(partition, List.of("/usr/bin/pkill", "-x", "yes")).await(ConsoleGround.PATIENCE);
            viewer.close();
            while (writer.status().isEmpty()) {
                writer.awaitChange(ConsoleGround.PATIENCE);
            }
        });
    }

    private static String markdown(Map<String, List<Double>> found) {
        Table table = new Table("to one viewer, MB/s", "median", "min", "max", "× pump", "× socat", "× conserver");
        for (Map.Entry<String, List<Double>> each : found.entrySet()) {
            double own = median(each.getValue());
            table.row(
                    each.getKey(),
                    ConsoleGround.text(own),
                    ConsoleGround.text(Collections.min(each.getValue())),
                    ConsoleGround.text(Collections.max(each.getValue())),
                    ratio(own, found.get("pump in C")),
                    ratio(own, found.get("socat")),
                    ratio(own, found.get("conserver")));
        }
        return table + "\n";
    }

    private static String ratio(double own, List<Double> other) {
        return String.format(Locale.ROOT, "%.2f", own / median(other));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
