package io.bulkhead.harness.bench;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A manager of our own, started as an administrator would, with everything of its in one directory. */
final class ManagerProcess implements AutoCloseable {
    /** Its uids; those behind them are the peers'. */
    static final long UID_BASE = 45_000L << 16;

    static final int UID_RANGES = 128;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long STOP_TIMEOUT_MILLIS = 10_000;

    private final String instance;
    private final Path directory;
    private final Process process;
    private final ManagerClient orders;
    private final HostStatus host;
    private Optional<Process> controlPlane = Optional.empty();

    private ManagerProcess(String instance, Path directory, Process process, ManagerClient orders, HostStatus host) {
        this.instance = instance;
        this.directory = directory;
        this.process = process;
        this.orders = orders;
        this.host = host;
    }

    /**
     * Starts one and waits until it takes orders.
     *
     * @param instance the name that everything in the kernel carries
     */
    static ManagerProcess start(String instance) throws IOException {
        return start(instance, Files.createTempDirectory(Path.of("/var/tmp"), instance + "-"), "");
    }

    /**
     * Starts one and waits until it takes orders.
     *
     * @param directory an empty one for all that it has; with a short name, since sockets are in it
     * @param settings more lines of its file, or nothing
     */
    static ManagerProcess start(String instance, Path directory, String settings) throws IOException {
        return start(instance, directory, settings, UID_BASE, List.of());
    }

    /**
     * Starts one that finds no lxcfs on this host, beside another one.
     *
     * @param uidBase of its own
     */
    static ManagerProcess startWithoutViews(String instance, String settings, long uidBase) throws IOException {
        // Where there is no lxcfs at all, the mount fails and the manager finds none just the same.
        String hiding = "mount --bind /dev/null /usr/bin/lxcfs 2>/dev/null; exec \"$@\"";
        return start(
                instance,
                Files.createTempDirectory(Path.of("/var/tmp"), instance + "-"),
                settings,
                uidBase,
                List.of("unshare", "--mount", "--propagation", "private", "sh", "-c", hiding, "hiding"));
    }

    /**
     * @param before words in front of the launcher's, for a program that goes on as it
     */
    private static ManagerProcess start(
            String instance, Path directory, String settings, long uidBase, List<String> before) throws IOException {
        Path config = Files.writeString(
                directory.resolve("bulkhead.conf"),
                String.join(
                        "\n",
                        "[instance]",
                        "name = " + instance,
                        "state_dir = " + directory.resolve("state"),
                        "run_dir = " + directory.resolve("run"),
                        "[partitions]",
                        "uid_base = " + uidBase,
                        "uid_ranges = " + UID_RANGES,
                        "[control-plane]",
                        "user = root",
                        settings,
                        ""));
        File log = directory.resolve("log").toFile();
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(launcher(), "--daemon", "manager", "--config", config.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        Path ready = directory.resolve("run/manager.pid");
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> Files.exists(ready) || !process.isAlive());
            ManagerClient orders = ManagerClient.connect(directory.resolve("run/manager.sock"));
            return new ManagerProcess(
                    instance,
                    directory,
                    process,
                    orders,
                    orders.ask(Reply.Host.class, new Order.DescribeHost()).host());
        } catch (IOException | RuntimeException e) {
            process.destroy();
            throw new IOException(
                    "the manager did not come up: " + e.getMessage() + "\n" + Files.readString(log.toPath()), e);
        }
    }

    private static String launcher() {
        String launcher = System.getProperty("bulkhead.launcher");
        if (launcher != null) {
            return launcher;
        }
        // ./dev sets it; Maven runs tests in the module's directory.
        Path found = Path.of("../bulkhead").toAbsolutePath().normalize();
        if (!Files.isExecutable(found)) {
            throw new IllegalStateException("-Dbulkhead.launcher is missing; ./dev bench sets it");
        }
        return found.toString();
    }

    /** The name that everything of it in the kernel carries. */
    String instance() {
        return instance;
    }

    HostStatus host() {
        return host;
    }

    /** All that it has lies there. */
    Path directory() {
        return directory;
    }

    long pid() {
        return host.managerPid();
    }

    /** The connection for orders; for one thread. */
    ManagerClient orders() {
        return orders;
    }

    /** A further connection. */
    ManagerClient connect() throws IOException {
        return ManagerClient.connect(directory.resolve("run/manager.sock"));
    }

    /** Where the control plane answers, once it was started. */
    Path apiSocket() {
        return directory.resolve("run/control/api.sock");
    }

    /** Starts the control plane beside it, as root, and waits until it answers; ended with the manager. */
    long startControlPlane() throws IOException {
        Path socket = apiSocket();
        Files.createDirectories(directory.resolve("run/control"));
        Process started = new ProcessBuilder(
                        launcher(),
                        "--daemon",
                        "control-plane",
                        "--config",
                        directory.resolve("bulkhead.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("control-plane.log").toFile())
                .start();
        controlPlane = Optional.of(started);
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> answers(socket) || !started.isAlive());
        new ApiClient(socket).get("/v1/partitions");
        return started.pid();
    }

    private static boolean answers(Path socket) {
        try {
            new ApiClient(socket).get("/readyz");
            return true;
        } catch (Refusal e) {
            return false;
        }
    }

    /** Defines a partition with the small init. */
    void define(PartitionName name, int cpuMillis, long memoryBytes, int tasks, Limit<ByteRate> rate)
            throws IOException {
        define(
                name,
                new Claim(
                        new CpuClaim.Part(new CpuMillis(cpuMillis)),
                        new ByteSize(memoryBytes),
                        tasks,
                        new IoSlice(rate, rate, Limit.unlimited(), Limit.unlimited())));
    }

    /** Defines a partition with the small init and a part of a CPU. */
    void define(PartitionName name, Claim claim) throws IOException {
        PartitionSpec spec =
                new PartitionSpec(name, claim, new Init.Shell(), false, false, STOP_TIMEOUT_MILLIS, Optional.empty());
        orders.ask(Reply.Partition.class, new Order.DefinePartition(spec, slice(claim), Optional.empty()));
    }

    /** Where a claim of a part of a CPU finds its place on every host. */
    static Slice slice(Claim claim) {
        return new Slice(
                new CpuSlice.Part(((CpuClaim.Part) claim.cpus()).amount()),
                NodeSet.of(0),
                claim.memory(),
                claim.tasks(),
                claim.io(),
                claim.oomGroup(),
                claim.storage(),
                claim.network(),
                claim.console());
    }

    /** Ends every partition and the manager, and removes its directory. */
    @Override
    public void close() throws IOException {
        controlPlane.ifPresent(running -> {
            running.destroy();
            running.onExit().join();
        });
        for (PartitionName name : names()) {
            orders.ask(Reply.Partition.class, new Order.StopPartition(name, true));
            orders.ask(Reply.Done.class, new Order.DeletePartition(name, true));
        }
        orders.ask(Reply.Done.class, new Order.ShutDown(false));
        orders.close();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("the manager does not go: process " + process.pid());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.delete(file);
        }
    }

    private List<PartitionName> names() throws IOException {
        return orders.ask(Reply.Partitions.class, new Order.ListPartitions()).partitions().stream()
                .map(status -> status.name())
                .toList();
    }
}
