package io.bulkhead.harness.bench;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.serial.ConsoleReport;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.ConsoleSlice;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.awaitility.Awaitility;

/** Real partitions with their consoles, a manager and a control plane of our own, all on every CPU of this host. */
final class ConsoleGround implements AutoCloseable {
    private static final long MEMORY_BYTES = 32L << 20;
    private static final int TASKS = 64;
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ManagerProcess manager;
    private final ApiClient api;
    private final long controlPlanePid;

    private ConsoleGround(ManagerProcess manager, ApiClient api, long controlPlanePid) {
        this.manager = manager;
        this.api = api;
        this.controlPlanePid = controlPlanePid;
    }

    /** Starts both processes. */
    static ConsoleGround open(String instance) throws IOException {
        Path directory = Files.createTempDirectory(Path.of("/var/tmp"), instance + "-");
        String cpus = HostLines.text("/sys/devices/system/cpu/online").strip();
        ManagerProcess manager =
                ManagerProcess.start(instance, directory, "[host]\ncpu_reserve = 0.01\ncpus = " + cpus);
        try {
            long controlPlane = manager.startControlPlane();
            return new ConsoleGround(manager, new ApiClient(manager.apiSocket()), controlPlane);
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    ManagerProcess manager() {
        return manager;
    }

    ApiClient api() {
        return api;
    }

    /** Defines a partition whose process 1 is a shell, starts it, and waits for its prompt. */
    PartitionName start(String name, int cpuMillis, ConsoleSlice console) throws IOException {
        PartitionName partition = new PartitionName(name);
        manager.define(
                partition,
                new Claim(
                        new CpuClaim.Part(new CpuMillis(cpuMillis)),
                        new ByteSize(MEMORY_BYTES),
                        TASKS,
                        IoSlice.UNLIMITED,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(console)));
        manager.orders().ask(Reply.Partition.class, new Order.StartPartition(partition));
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                // The service has not heard of it yet
                .ignoreException(Refusal.class)
                .until(() -> report(partition).connected() && report(partition).offset() > 0);
        return partition;
    }

    /** Kills a partition and removes it. */
    void remove(PartitionName partition) throws IOException {
        manager.orders().ask(Reply.Partition.class, new Order.StopPartition(partition, true));
        manager.orders().ask(Reply.Done.class, new Order.DeletePartition(partition, true));
    }

    /** Starts a program in a partition. */
    Program inside(PartitionName partition, List<String> command) throws IOException {
        return PartitionProgram.start(manager, partition, command);
    }

    /** How the manager sees a console. */
    ConsoleStatus status(PartitionName partition) throws IOException {
        return manager.orders().ask(Reply.Partitions.class, new Order.ListPartitions()).partitions().stream()
                .filter(each -> each.name().equals(partition))
                .findFirst()
                .orElseThrow()
                .console();
    }

    /** How the service sees a console. */
    ConsoleReport report(PartitionName partition) {
        return api.get("/v1/consoles/" + partition, ConsoleReport.class);
    }

    /** A console with no bound on its rate, and the usual history. */
    static ConsoleSlice unlimited() {
        return new ConsoleSlice(Limit.unlimited(), Optional.empty());
    }

    /** What both processes take now and took at most since {@link #forgetPeaks}, in MiB. */
    Memory memory() {
        return new Memory(
                mebibytes(manager.pid(), "VmRSS:"),
                mebibytes(manager.pid(), "VmHWM:"),
                mebibytes(controlPlanePid, "VmRSS:"),
                mebibytes(controlPlanePid, "VmHWM:"));
    }

    /** Resident memory of manager and control plane, MiB, and the most of it. */
    record Memory(double manager, double managerPeak, double controlPlane, double controlPlanePeak) {}

    /** Has the kernel forget the most that both have taken; proc(5), clear_refs. */
    void forgetPeaks() throws IOException {
        for (long pid : List.of(manager.pid(), controlPlanePid)) {
            Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
        }
    }

    private static double mebibytes(long pid, String key) {
        return HostLines.text("/proc/" + pid + "/status")
                        .lines()
                        .filter(line -> line.startsWith(key))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElse(0)
                / 1024.0;
    }

    static String text(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }

    @Override
    public void close() throws IOException {
        manager.close();
    }
}
