package io.bulkhead.harness.bench;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.wire.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Bulkhead itself: from the order on the manager's socket to the frame with the first byte of the partition on a console
 * stream that was open before.
 */
final class Bulkhead implements Contender {
    private static final long PATIENCE_SECONDS = 20;
    private static final long VOLUME_BYTES = 64L << 20;
    private static final BitRate RATE = BitRate.parse("100Mbit/s");
    private static final Path INTERFACES = Path.of("/sys/class/net");
    private static final Path FILE_SYSTEMS = Path.of("/sys/fs/ext4");
    private static final Path DEVICES = Path.of("/sys/block");

    private final ManagerProcess manager;
    private final Terms terms;
    private final WallSet walls;
    private final PartitionName name;
    private volatile FirstByte first;
    private @Nullable ManagerClient console;

    /**
     * @param manager with lxcfs, if the walls have views, else without
     */
    Bulkhead(ManagerProcess manager, Terms terms, WallSet walls) {
        this.manager = manager;
        this.terms = terms;
        this.walls = walls;
        this.name = new PartitionName("bench-" + walls.name().toLowerCase(Locale.ROOT));
        this.first = new FirstByte(name);
    }

    @Override
    public String name() {
        return walls.title();
    }

    @Override
    public String version() {
        return "bulkhead manager " + manager.host().managerVersion();
    }

    @Override
    public String terms() {
        return walls == WallSet.ALL
                ? "all namespaces and the limits, a filter of system calls, each read back before process 1 may run; a console "
                        + "with history and a holder; builds its root itself, with private /etc, /var, /home; order and "
                        + "console by socket; " + walls.words()
                : "the same, but " + walls.words();
    }

    @Override
    public void prepare() throws CannotRunException {
        try {
            manager.define(name, claim());
            ManagerClient stream = manager.connect();
            console = stream;
            stream.ask(Reply.StreamOpened.class, new Order.OpenConsole(name, "bench", false, false, 0, true));
            Thread reader = new Thread(() -> read(stream), "console");
            reader.setDaemon(true);
            reader.start();
            requireViews();
        } catch (IOException e) {
            throw new CannotRunException(String.valueOf(e.getMessage()), e);
        }
    }

    private Claim claim() {
        Limit<ByteRate> rate =
                terms.disk().isPresent() ? Limit.of(new ByteRate(terms.ioBytesPerSecond())) : Limit.unlimited();
        Claim claim = new Claim(
                new CpuClaim.Part(new CpuMillis(terms.cpuMillis())),
                new ByteSize(terms.memoryBytes()),
                terms.tasks(),
                new IoSlice(rate, rate, Limit.unlimited(), Limit.unlimited()));
        if (walls.storage()) {
            claim = claim.withStorage(StorageSlice.of(new ByteSize(VOLUME_BYTES)));
        }
        return walls.network()
                ? claim.withNetwork(new NetworkSlice(Limit.of(RATE), Limit.of(RATE), Optional.empty()))
                : claim;
    }

    /** What is called so must be so: a manager that shows the slice by lxcfs, or one that does not. */
    private void requireViews() throws IOException, CannotRunException {
        List<Promise> promises = ask(new Order.StartPartition(name)).promises();
        rest();
        boolean shown = promises.stream()
                .anyMatch(promise -> promise.resource() == Resource.VIEWS
                        && promise.promised().contains("lxcfs"));
        if (shown != walls.views()) {
            throw new CannotRunException(shown ? "its manager has lxcfs" : "this host has no lxcfs");
        }
    }

    private PartitionStatus ask(Order order) throws IOException {
        return manager.orders().ask(Reply.Partition.class, order).partition();
    }

    /** Gives the slice to the next one of this manager: all of them together would want more than the pool has. */
    private void rest() throws IOException {
        ask(new Order.StopPartition(name, true));
        ask(new Order.ReleasePartition(name));
    }

    private void read(ManagerClient stream) {
        try {
            while (true) {
                Frame frame = stream.read();
                long now = System.nanoTime();
                if (frame.kind() == Frame.Kind.OUTPUT) {
                    first.take(frame.payload(), now);
                }
            }
        } catch (IOException e) {
            first.fail(e);
        }
    }

    @Override
    public long start() throws CannotRunException {
        FirstByte awaited = new FirstByte(name);
        first = awaited;
        try {
            ask(new Order.BindPartition(name, ManagerProcess.slice(claim())));
            awaitLink();
            awaitVolume();
            long begun = System.nanoTime();
            ask(new Order.StartPartition(name));
            long came = awaited.nanoTime();
            rest();
            return came - begun;
        } catch (IOException e) {
            throw new CannotRunException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Waits until the network for this start is there, as it is for whoever does not start in the moment of the definition. The
     * host's end of a link has a carrier once the other end is up, which comes last.
     */
    private void awaitLink() throws IOException {
        if (!walls.network()) {
            return;
        }
        String alias = "bulkhead/" + manager.instance() + "/" + name;
        Awaitility.await()
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .until(() -> hasCarrier(alias));
    }

    private static boolean hasCarrier(String alias) throws IOException {
        try (Stream<Path> all = Files.list(INTERFACES)) {
            return all.anyMatch(link -> read(link.resolve("ifalias")).equals(alias)
                    && read(link.resolve("carrier")).equals("1")
                    // What holds back what is sent has the same alias; the host's end has no "i" in its name.
                    && !link.getFileName().toString().contains("i"));
        }
    }

    /** The same for the volume: an ext4 that is mounted has a directory here, wherever it is mounted. */
    private void awaitVolume() throws IOException {
        if (!walls.storage()) {
            return;
        }
        String files = "/state/partitions/" + name + "/";
        Awaitility.await()
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .until(() -> isMounted(manager.directory() + files));
    }

    private static boolean isMounted(String directory) throws IOException {
        try (Stream<Path> all = Files.list(FILE_SYSTEMS)) {
            return all.map(mounted -> DEVICES.resolve(mounted.getFileName()).resolve("loop/backing_file"))
                    .anyMatch(file -> read(file).startsWith(directory));
        }
    }

    /** Nothing where the kernel says no: to the carrier of an interface that is down. */
    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        if (console != null) {
            console.close();
        }
    }

    /** Waits in a console's stream for the first byte after the manager's own mark of a start. */
    static final class FirstByte {
        private final String mark;
        private final StringBuilder said = new StringBuilder();
        private final CompletableFuture<Long> came = new CompletableFuture<>();

        FirstByte(PartitionName name) {
            this.mark = "-- " + name + " starts --\r\n";
        }

        /** Takes a piece of the stream; bytes count as they come, whatever they mean. */
        void take(byte[] bytes, long now) {
            for (byte each : bytes) {
                said.append((char) (each & 0xFF));
            }
            int at = said.indexOf(mark);
            if (at >= 0 && said.length() > at + mark.length()) {
                came.complete(now);
            }
        }

        void fail(IOException cause) {
            came.completeExceptionally(cause);
        }

        /** When it came, by {@link System#nanoTime()}. */
        long nanoTime() throws IOException {
            try {
                return came.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException("no byte came on the console", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }
}
