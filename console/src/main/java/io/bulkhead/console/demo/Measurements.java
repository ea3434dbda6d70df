package io.bulkhead.console.demo;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Puts real loads into running partitions and compares them with the promises. */
final class Measurements {
    private static final int CPU_SECONDS = 2;
    private static final int TRANSFER_SECONDS = 2;
    private static final String PROBE_FILE = "/var/tmp/bulkhead-demo-probe";

    private final Inside inside;
    private final Certified certified;
    private final List<PartitionName> names;

    Measurements(Inside inside, Certified certified, List<PartitionName> names) {
        this.inside = inside;
        this.certified = certified;
        this.names = List.copyOf(names);
    }

    /** Every partition spins at the same time. */
    List<Line> cpus() throws IOException, InterruptedException {
        Map<PartitionName, Future<Inside.Result>> running = new LinkedHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(names.size());
        try {
            for (PartitionName name : names) {
                running.put(name, threads.submit(() -> inside.run(name, Probes.cpu(CPU_SECONDS, 4))));
            }
            List<Line> lines = new ArrayList<>();
            for (Map.Entry<PartitionName, Future<Inside.Result>> each : running.entrySet()) {
                PartitionName name = each.getKey();
                PartitionStatus status = certified.status(name);
                lines.add(Judge.cpuLine(
                        name.value(),
                        status.definition().claim().cpus().toString(),
                        certified.slice(name),
                        certified.evidence(name, Resource.CPUS),
                        Probes.cpuUse(result(each.getValue()).out())));
            }
            return lines;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Inside.Result result(Future<Inside.Result> running) throws IOException, InterruptedException {
        try {
            return running.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    /** One partition after the other asks for more than it has; all must survive it. */
    List<Line> memory() throws IOException {
        List<Line> lines = new ArrayList<>();
        for (PartitionName name : names) {
            Map<PartitionName, Optional<Long>> before = pids();
            Slice slice = certified.slice(name);
            ByteSize beyond = slice.memory().plus(ByteSize.ofMebibytes(64));
            Optional<Probes.MemoryUse> use =
                    Probes.memoryUse(inside.run(name, Probes.memory(beyond)).out());
            boolean alive = pids().equals(before);
            lines.add(Judge.memoryLine(
                    name.value(),
                    certified.status(name).definition().claim().memory().toString(),
                    slice,
                    certified.evidence(name, Resource.MEMORY),
                    use,
                    alive));
        }
        return lines;
    }

    /** Process 1 of every partition that runs. */
    private Map<PartitionName, Optional<Long>> pids() {
        Map<PartitionName, Optional<Long>> pids = new LinkedHashMap<>();
        for (PartitionName name : names) {
            PartitionStatus status = certified.status(name);
            pids.put(name, status.state() == State.RUNNING ? status.pid() : Optional.empty());
        }
        return pids;
    }

    List<Line> tasks() throws IOException {
        List<Line> lines = new ArrayList<>();
        for (PartitionName name : names) {
            Slice slice = certified.slice(name);
            lines.add(Judge.tasksLine(
                    name.value(),
                    Integer.toString(certified.status(name).definition().claim().tasks()),
                    slice,
                    certified.evidence(name, Resource.TASKS),
                    Probes.taskUse(
                            inside.run(name, Probes.tasks(slice.tasks() + 8)).out())));
        }
        return lines;
    }

    /** Partitions with bounds write, then read what they have written, past the page cache. */
    List<Line> io() throws IOException {
        List<Line> lines = new ArrayList<>();
        for (PartitionName name : names) {
            Slice slice = certified.slice(name);
            if (!slice.io().write().isLimited() || !slice.io().read().isLimited()) {
                continue;
            }
            ByteRate write = bound(slice.io().write());
            ByteRate read = bound(slice.io().read());
            long bytes = TRANSFER_SECONDS * Math.max(write.bytesPerSecond(), read.bytesPerSecond());
            int mebibytes = (int) Math.max(1, bytes >> 20);
            Inside.Result written = inside.run(name, Probes.write(PROBE_FILE, mebibytes));
            Inside.Result readBack = inside.run(name, Probes.read(PROBE_FILE));
            inside.run(name, List.of("rm", "-f", PROBE_FILE));
            lines.add(Judge.rateLine(
                    name + " io write",
                    write,
                    certified.evidence(name, Resource.IO_WRITE),
                    Probes.transfer(written.err())));
            lines.add(Judge.rateLine(
                    name + " io read",
                    read,
                    certified.evidence(name, Resource.IO_READ),
                    Probes.transfer(readBack.err())));
        }
        return lines;
    }

    private static ByteRate bound(Limit<ByteRate> limit) {
        return limit.fold(Optional::of, Optional.<ByteRate>empty()).orElseThrow();
    }
}
