package io.bulkhead.broker;

import io.bulkhead.broker.ledger.Actual;
import io.bulkhead.broker.ledger.Grant;
import io.bulkhead.broker.ledger.Stock;
import io.bulkhead.broker.ledger.sqlite.SqliteLedgerPlace;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Loads the classes that a start loads for the ledger, for the archive of classes; works in a directory of its own. */
public final class LedgerTraining {
    private LedgerTraining() {}

    /** Opens a ledger, writes a few commits, reads it again, and removes it. */
    public static void run() {
        try {
            Path directory = Files.createTempDirectory("bulkhead-training-");
            try {
                work(directory);
                work(directory);
            } finally {
                remove(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void work(Path directory) {
        Topology machine = new Topology(
                List.of(new Topology.Cpu(0, 0, 0, 0), new Topology.Cpu(1, 0, 1, 0)),
                List.of(new Topology.Node(0, ByteSize.ofMebibytes(1024))));
        HostReserve reserve = new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.ofMebibytes(256));
        PartitionName name = new PartitionName("training");
        Slice slice = new Slice(
                new CpuSlice.Whole(CpuSet.of(1)), NodeSet.of(0), ByteSize.ofMebibytes(64), 64, IoSlice.UNLIMITED);
        Actual actual = new Actual(Stock.of(machine, reserve), List.of());
        Bookkeeper keeper = new Bookkeeper(new SqliteLedgerPlace(directory), () -> 0, Runnable::run, () -> {});
        keeper.reconcile(actual);
        keeper.during(
                actual,
                name,
                Optional.of(new Grant(name, slice, true)),
                Ticket.LOCAL,
                "training",
                () -> CompletableFuture.completedFuture(Boolean.TRUE));
        keeper.close();
    }

    private static void remove(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
