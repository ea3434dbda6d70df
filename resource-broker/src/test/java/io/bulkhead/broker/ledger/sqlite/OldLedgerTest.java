package io.bulkhead.broker.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.ledger.Account;
import io.bulkhead.broker.ledger.Actual;
import io.bulkhead.broker.ledger.Capacities;
import io.bulkhead.broker.ledger.Commit;
import io.bulkhead.broker.ledger.Grant;
import io.bulkhead.broker.ledger.Ledger;
import io.bulkhead.broker.ledger.ResourceKey;
import io.bulkhead.broker.ledger.ResourceKey.Kind;
import io.bulkhead.broker.ledger.Stock;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A ledger that the release before wrote, which counted CPUs, pool and memory: db holds CPUs 1-4, web 5-6 with bounds on
 * block I/O, and job was about to get 7-8.
 */
class OldLedgerTest {
    private static final Stock STOCK = Stock.of(
            Samples.machine(16),
            new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.parse("1GiB")),
            new Capacities(
                    Optional.of(ByteSize.parse("100GiB")),
                    new IoCapacity(
                            Optional.of(ByteRate.parse("200MiB/s")),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty()),
                    NetworkCapacity.UNSTATED));
    private static final PartitionName WEB = new PartitionName("web");
    private static final Account OF_WEB = Account.of(WEB);

    @TempDir
    private Path directory;

    private Ledger open() throws IOException {
        Path file = directory.resolve("ledger.db");
        if (!Files.exists(file)) {
            try (InputStream old =
                    Objects.requireNonNull(OldLedgerTest.class.getResourceAsStream("/ledger/version-1.db"))) {
                Files.copy(old, file);
            }
        }
        return Ledger.open(new SqliteLedgerPlace(directory).open());
    }

    /** What the manager has by now: the order about job was carried out. */
    private static Actual actual(Ledger ledger) {
        TreeMap<PartitionName, UidRange> ranges = new TreeMap<>();
        ranges.put(WEB, new UidRange(1_048_576));
        List<Grant> grants = List.of(
                ledger.grant(new PartitionName("db")).orElseThrow(),
                ledger.grant(WEB).orElseThrow(),
                new Grant(new PartitionName("job"), Samples.slice("7-8"), true));
        return new Actual(STOCK, grants, Optional.of(ranges));
    }

    @Test
    void opensAndCountsWhatWasNotCountedBefore() throws IOException {
        Actual actual;
        try (Ledger ledger = open()) {
            assertThat(ledger.version()).isEqualTo(5);
            assertThat(ledger.accounts().get(OF_WEB)).doesNotContainKey(ResourceKey.of(Kind.IO_READ));
            actual = actual(ledger);

            List<Commit> commits = ledger.reconcile(actual, 9);

            assertThat(commits)
                    .extracting(Commit::reason)
                    .containsExactly(
                            "the inventory or the host's reserve is another one now",
                            "found carried out: the manager has what commit 5 intended",
                            "the manager has given it these user ids");
            assertThat(ledger.accounts().get(OF_WEB))
                    .containsEntry(ResourceKey.of(Kind.IO_READ), 50L << 20)
                    .containsEntry(ResourceKey.of(Kind.IO_WRITE), 20L << 20)
                    .containsEntry(ResourceKey.of(Kind.IO_READ_OPERATIONS), 500L);
            assertThat(ledger.accounts().get(Account.FREE))
                    .containsEntry(ResourceKey.of(Kind.IO_READ), 150L << 20)
                    .containsEntry(ResourceKey.STORAGE, 100L << 30)
                    .doesNotContainKey(ResourceKey.of(Kind.IO_WRITE));
            assertThat(ledger.ranges()).containsEntry(WEB, new UidRange(1_048_576));
            assertThat(ledger.differences(actual)).isEmpty();
        }
        try (Ledger again = open()) {
            assertThat(again.version()).isEqualTo(8);
            assertThat(again.reconcile(actual, 10)).isEmpty();
        }
        assertThat(userVersion())
                .as("the earlier release does not write into it")
                .isEqualTo(2);
    }

    private int userVersion() throws IOException {
        byte[] header = Files.readAllBytes(directory.resolve("ledger.db"));
        return header[63];
    }
}
