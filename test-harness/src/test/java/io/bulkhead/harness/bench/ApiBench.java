package io.bulkhead.harness.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How many questions the API answers, and whether a listener that does not read disturbs those that do. The control plane
 * is the real one in a process of its own; its manager answers at once, see {@link CannedManager}.
 */
final class ApiBench {
    private static final int PARTITIONS = 64;
    private static final int LISTENERS = 50;
    private static final long WARM_UP_SECONDS = 4;
    private static final long SECONDS = 5;
    private static final int EVENTS = 3 * CannedManager.JOURNAL;
    private static final int EVENTS_PER_SECOND = 100;
    private static final long DEADLINE_SECONDS = 30;
    private static final double MOST_DISTURBANCE = 1.5;

    private final Consumer<String> progress;

    ApiBench(Consumer<String> progress) {
        this.progress = progress;
    }

    /** Runs, and returns the results in Markdown. */
    String run() throws IOException {
        Path place = Files.createTempDirectory("bulkhead-bench-api");
        try (CannedManager manager = new CannedManager(place.resolve("manager.sock"), PARTITIONS);
                ControlPlaneProcess controlPlane = ControlPlaneProcess.start(place)) {
            progress.accept("warming up");
            ask(controlPlane.socket(), 4, WARM_UP_SECONDS);
            StringBuilder text = new StringBuilder(host());
            text.append("- control plane: ")
                    .append(controlPlane.rssKib() / 1024)
                    .append(" MiB before\n\n");
            Table asked = new Table("GET /v1/partitions, 64 of them", "requests/s", "median ms", "p99 ms", "n");
            for (int connections : List.of(1, 8)) {
                progress.accept("asking on " + connections + " connections");
                asked.row(rowOf(
                        connections + (connections == 1 ? " connection" : " connections"),
                        ask(controlPlane.socket(), connections, SECONDS)));
            }
            text.append(asked).append('\n');
            text.append(listening(manager, controlPlane));
            return text.toString();
        } finally {
            try (Stream<Path> files = Files.walk(place)) {
                for (Path file : files.sorted(Collections.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static String host() {
        return "- date: " + LocalDate.now(ZoneOffset.UTC) + "\n- CPUs: "
                + Runtime.getRuntime().availableProcessors() + ", shared by clients, control plane and manager; load "
                + HostLines.load() + "\n- Java: " + Runtime.version() + "\n";
    }

    // ---- asking

    private static List<Long> ask(Path socket, int connections, long seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<CompletableFuture<List<Long>>> clients = IntStream.range(0, connections)
                .mapToObj(each -> inThread(() -> askUntil(socket, end)))
                .toList();
        return clients.stream().flatMap(client -> client.join().stream()).toList();
    }

    private static List<Long> askUntil(Path socket, long end) throws IOException {
        List<Long> nanos = new ArrayList<>();
        try (ApiConnection connection = new ApiConnection(socket)) {
            for (long now = System.nanoTime(); now < end; ) {
                connection.ask("/v1/partitions");
                long then = System.nanoTime();
                nanos.add(then - now);
                now = then;
            }
        }
        return nanos;
    }

    private static String[] rowOf(String name, List<Long> nanos) {
        return new String[] {
            name,
            Long.toString(nanos.size() / SECONDS),
            Figures.millis(percentile(nanos, 50)),
            Figures.millis(percentile(nanos, 99)),
            Integer.toString(nanos.size())
        };
    }

    static long percentile(List<Long> nanos, int percent) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }

    // ---- listening

    private String listening(CannedManager manager, ControlPlaneProcess controlPlane) throws IOException {
        progress.accept(LISTENERS + " listeners");
        List<Long> alone = listen(manager, controlPlane.socket());
        progress.accept(LISTENERS + " listeners and one that does not read");
        List<Long> beside;
        long rss;
        boolean told;
        try (ApiConnection slow = new ApiConnection(controlPlane.socket())) {
            slow.send("/v1/events");
            beside = listen(manager, controlPlane.socket());
            rss = controlPlane.rssKib();
            told = slow.readUntil("event: fell-off", TimeUnit.SECONDS.toNanos(20));
        }
        Table table = new Table("delay of an event", "median ms", "p99 ms", "max ms", "n");
        table.row(delays("50 listeners", alone));
        table.row(delays("50 listeners, one that does not read beside them", beside));
        double ratio = (double) percentile(beside, 99) / percentile(alone, 99);
        return table + "\n- " + EVENTS + " events, " + EVENTS_PER_SECOND + " a second; control plane: " + rss / 1024
                + " MiB after\n- the one that did not read was told by `fell-off`: " + (told ? "yes" : "**no**")
                + "\n- p99 with it, at most " + MOST_DISTURBANCE + " × without: "
                + (ratio <= MOST_DISTURBANCE ? "**met**" : "**not met**")
                + String.format(Locale.ROOT, " (%.2f)%n", ratio);
    }

    private static String[] delays(String name, List<Long> nanos) {
        return new String[] {
            name,
            Figures.millis(percentile(nanos, 50)),
            Figures.millis(percentile(nanos, 99)),
            Figures.millis(percentile(nanos, 100)),
            Integer.toString(nanos.size())
        };
    }

    /** Has events told and heard; the delays of all of them at all listeners. */
    private static List<Long> listen(CannedManager manager, Path socket) throws IOException {
        List<ApiConnection> connections = new ArrayList<>();
        try {
            long after = manager.last();
            for (int i = 0; i < LISTENERS; i++) {
                ApiConnection connection = new ApiConnection(socket);
                connections.add(connection);
                connection.send("/v1/events?after=" + after);
                connection.readUntil(": events of the manager", TimeUnit.SECONDS.toNanos(20));
            }
            List<CompletableFuture<List<Long>>> heard = connections.stream()
                    .map(connection -> inThread(() -> connection.delays(EVENTS)))
                    .toList();
            long start = System.nanoTime();
            for (int i = 0; i < EVENTS; i++) {
                LockSupport.parkNanos(start + i * TimeUnit.SECONDS.toNanos(1) / EVENTS_PER_SECOND - System.nanoTime());
                manager.tell();
            }
            List<Long> delays = new ArrayList<>();
            for (CompletableFuture<List<Long>> each : heard) {
                delays.addAll(each.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
            }
            return delays;
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a listener did not hear all events", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            for (ApiConnection connection : connections) {
                connection.close();
            }
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> CompletableFuture<T> inThread(Work<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        done.complete(work.run());
                    } catch (IOException | RuntimeException e) {
                        done.completeExceptionally(e);
                    }
                },
                "client");
        thread.setDaemon(true);
        thread.start();
        return done;
    }
}
