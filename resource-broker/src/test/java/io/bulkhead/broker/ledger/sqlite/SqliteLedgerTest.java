package io.bulkhead.broker.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.broker.ledger.Account;
import io.bulkhead.broker.ledger.Actual;
import io.bulkhead.broker.ledger.Change;
import io.bulkhead.broker.ledger.Commit;
import io.bulkhead.broker.ledger.Draft;
import io.bulkhead.broker.ledger.Grant;
import io.bulkhead.broker.ledger.Ledger;
import io.bulkhead.broker.ledger.LedgerFault;
import io.bulkhead.broker.ledger.LedgerStore;
import io.bulkhead.broker.ledger.ResourceKey;
import io.bulkhead.broker.ledger.Stock;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/** The ledger in its file: what is kept, what cannot be changed, and every damage by its message. */
class SqliteLedgerTest {
    private static final int PAGE = 4096;
    private static final Stock STOCK =
            Stock.of(Samples.machine(16), new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.parse("1GiB")));

    @TempDir
    private Path directory;

    private SqliteLedgerPlace place() {
        return new SqliteLedgerPlace(directory);
    }

    private Path file() {
        return directory.resolve("ledger.db");
    }

    /** A ledger with a history of some pages, closed. */
    private List<Commit> write(int rounds) {
        try (Ledger ledger = Ledger.open(place().open())) {
            ledger.adoptAll(new Actual(STOCK, List.of()), 1, "test");
            for (int i = 0; i < rounds; i++) {
                PartitionName owner = new PartitionName("p" + i % 3);
                Optional<Grant> after = ledger.grant(owner).isPresent()
                        ? Optional.empty()
                        : Optional.of(new Grant(owner, Samples.slice((1 + i % 3 * 5) + "-" + (4 + i % 3 * 5)), true));
                commit(ledger, "a" + i, new Change.Intended(owner, ledger.grant(owner), after));
                commit(ledger, "b" + i, new Change.Settled(owner, ledger.version(), true));
            }
            return ledger.query(new LedgerStore.Query(Optional.empty(), Optional.empty(), 0, 1000));
        }
    }

    private static void commit(Ledger ledger, String key, Change change) {
        ledger.commit(new Draft(7, "tester", "a reason: ü", key, change), ledger.version());
    }

    private LedgerFault openingFails() {
        try (Ledger ledger = Ledger.open(place().open())) {
            throw new AssertionError("it opened, at version " + ledger.version());
        } catch (LedgerFault e) {
            return e;
        }
    }

    private Connection raw() throws SQLException {
        return new SQLiteConfig().createConnection("jdbc:sqlite:" + file());
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = raw();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    // ---- keeping

    @Test
    void readsWhatItWrote() {
        List<Commit> written = write(20);

        List<Commit> read = new ArrayList<>();
        try (LedgerStore store = place().open()) {
            store.replay(read::add);
            assertThat(store.find("a3")).contains(written.get(7));
            assertThat(store.find("nobody's")).isEmpty();
        }

        assertThat(read).isEqualTo(written).hasSize(41);
    }

    @Test
    void findsEntriesByAccountAndResource() {
        write(4);

        try (LedgerStore store = place().open()) {
            List<Commit> found = store.query(
                    new LedgerStore.Query(Optional.of(Account.parse("p1")), Optional.of(ResourceKey.cpu(7)), 2, 10));

            assertThat(found).extracting(Commit::version).containsExactly(4L);
            assertThat(found.get(0).entries()).singleElement().satisfies(entry -> {
                assertThat(entry.account()).isEqualTo(Account.parse("p1"));
                assertThat(entry.amount()).isEqualTo(1);
            });
            assertThat(store.query(new LedgerStore.Query(Optional.empty(), Optional.empty(), 3, 2)))
                    .extracting(Commit::version)
                    .containsExactly(4L, 5L);
        }
    }

    @Test
    void isOnlyEverAddedTo() {
        write(2);

        for (String change : List.of(
                "UPDATE ledger_commit SET actor = 'x' WHERE version = 2",
                "DELETE FROM ledger_commit WHERE version = 5",
                "UPDATE ledger_entry SET amount = 2 WHERE version = 2",
                "DELETE FROM ledger_entry WHERE version = 2")) {
            assertThatThrownBy(() -> execute(change)).hasMessageContaining("the ledger is only ever added to");
        }
        assertThatThrownBy(() -> execute("INSERT INTO ledger_commit VALUES (9, 1, 'a', 'r', 'k', '{}', zeroblob(32))"))
                .hasMessageContaining("commits are numbered without a gap");
        assertThatThrownBy(() -> execute("INSERT INTO ledger_entry VALUES (2, 99, 'free', 'pool', 1)"))
                .hasMessageContaining("entries belong to the commit being written");
    }

    @Test
    void leavesNothingButItsFile() throws IOException {
        write(2);

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file());
        }
        assertThat(Files.getPosixFilePermissions(file())).hasSize(2);
    }

    @Test
    void survivesBeingKilledWithWhatWasCommitted() throws IOException {
        // Given the files as they are on the disk at one moment, which is what a kill leaves
        Path killed = Files.createDirectory(directory.resolve("killed"));
        try (Ledger ledger = Ledger.open(place().open())) {
            ledger.adoptAll(new Actual(STOCK, List.of()), 1, "test");
            for (String name : List.of("ledger.db", "ledger.db-wal")) {
                Files.copy(directory.resolve(name), killed.resolve(name));
            }
        }

        try (Ledger ledger = Ledger.open(new SqliteLedgerPlace(killed).open())) {
            assertThat(ledger.version()).isEqualTo(1);
        }
    }

    @Test
    void aLogThatIsCutOffAnywhereEndsWithAWholeCommit() throws IOException {
        Path whole = Files.createDirectory(directory.resolve("whole"));
        try (Ledger ledger = Ledger.open(place().open())) {
            ledger.adoptAll(new Actual(STOCK, List.of()), 1, "test");
            commit(
                    ledger,
                    "a",
                    new Change.Adopted(
                            new PartitionName("db"),
                            Optional.of(new Grant(new PartitionName("db"), Samples.slice("1-4"), true))));
            for (String name : List.of("ledger.db", "ledger.db-wal")) {
                Files.copy(directory.resolve(name), whole.resolve(name));
            }
        }
        long size = Files.size(whole.resolve("ledger.db-wal"));
        List<Long> versions = new ArrayList<>();
        for (long length = 0; length < size + 2048; length += 2048) {
            Path cut = Files.createDirectory(directory.resolve("cut-" + length));
            for (String name : List.of("ledger.db", "ledger.db-wal")) {
                Files.copy(whole.resolve(name), cut.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
            truncate(cut.resolve("ledger.db-wal"), Math.min(length, size));

            try (Ledger ledger = Ledger.open(new SqliteLedgerPlace(cut).open())) {
                versions.add(ledger.version());
            }
        }
        assertThat(versions).isSorted().contains(0L, 1L).endsWith(2L);
    }

    // ---- damage

    private static void truncate(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    @Test
    void tellsThatItIsCutOffAtWhateverPage() throws IOException {
        write(20);
        long size = Files.size(file());
        byte[] whole = Files.readAllBytes(file());
        assertThat(size).isGreaterThan(10 * PAGE);

        for (long length = 0; length < size; length += PAGE) {
            Files.write(file(), whole);
            truncate(file(), length);

            LedgerFault fault = openingFails();

            assertThat(fault.kind()).isEqualTo(LedgerFault.Kind.DAMAGED);
            assertThat(fault.detail())
                    .isEqualTo("the ledger " + file() + " is cut off: it has " + length + " bytes"
                            + (length == 0 ? "" : " of " + size));
            assertThat(fault.remedy()).isEqualTo("run 'bulkhead ledger rebuild'; the file is kept aside");
        }
    }

    @Test
    void findsEveryWrongByteOrIsNotAffectedByIt() throws IOException {
        List<Commit> written = write(20);
        byte[] whole = Files.readAllBytes(file());
        int found = 0;
        int harmless = 0;
        for (int at = 7; at < whole.length; at += 251) {
            byte[] wrong = whole.clone();
            wrong[at] ^= (byte) 0x5a;
            Files.write(file(), wrong);

            List<Commit> read = new ArrayList<>();
            try (LedgerStore store = place().open()) {
                store.replay(read::add);
                // It is of the free space of a page, or of a counter of SQLite's.
                assertThat(read).isEqualTo(written);
                harmless++;
            } catch (LedgerFault e) {
                assertThat(e.kind()).as("byte %d: %s", at, e.detail()).isEqualTo(LedgerFault.Kind.DAMAGED);
                found++;
            }
            Files.deleteIfExists(Path.of(file() + "-wal"));
        }
        assertThat(found).isGreaterThan(whole.length / 251 / 4);
        assertThat(found + harmless).isEqualTo((whole.length - 8) / 251 + 1);
    }

    @Test
    void findsACommitThatSomebodyChangedInItsTable() throws Exception {
        write(3);
        execute("DROP TRIGGER ledger_commit_no_update", "UPDATE ledger_commit SET actor = 'nobody' WHERE version = 3");

        assertThat(openingFails().detail())
                .isEqualTo("the ledger " + file()
                        + " is damaged: commit 3 was changed after it was written, or one before" + " it is missing");
    }

    @Test
    void findsAnAmountThatSomebodyChanged() throws Exception {
        write(3);
        execute("DROP TRIGGER ledger_entry_no_update", "UPDATE ledger_entry SET amount = amount * 2 WHERE version = 4");

        assertThat(openingFails().detail()).contains("commit 4 was changed after it was written");
    }

    @Test
    void tellsOfANewerVersion() throws Exception {
        write(1);
        execute("PRAGMA user_version = 7");

        LedgerFault fault = openingFails();

        assertThat(fault.kind()).isEqualTo(LedgerFault.Kind.NEWER_VERSION);
        assertThat(fault.detail())
                .isEqualTo(
                        "the ledger " + file() + " was written by a newer release: its version is 7, this one knows 2");
        assertThat(fault.remedy()).contains("start that release again");
    }

    @Test
    void tellsThatItIsNoDatabase() throws IOException {
        Files.writeString(file(), "instance: db\n".repeat(20));

        assertThat(openingFails().detail()).isEqualTo("the ledger " + file() + " is not an SQLite database");
    }

    @Test
    void tellsThatItIsADatabaseOfSomebodyElse() throws Exception {
        execute("CREATE TABLE t (a)");

        assertThat(openingFails().detail())
                .isEqualTo("the database " + file() + " is not a ledger of Bulkhead: its application_id is 0");
    }

    @Test
    void tellsThatAnotherProcessHasIt() throws Exception {
        write(1);
        try (Connection other = raw();
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");

            LedgerFault fault = openingFails();

            assertThat(fault.kind()).isEqualTo(LedgerFault.Kind.LOCKED);
            assertThat(fault.detail()).isEqualTo("the ledger " + file() + " is open in another process");
            assertThat(fault.remedy()).startsWith("find it with 'fuser");
            assertThatThrownBy(() -> place().putAside(0)).isInstanceOf(LedgerFault.class);
            statement.execute("ROLLBACK");
        }
        assertThat(Files.exists(file())).isTrue();
    }

    @Test
    void letsNobodyElseWriteWhileItIsOpen() {
        try (LedgerStore first = place().open()) {
            assertThat(openingFails().kind()).isEqualTo(LedgerFault.Kind.LOCKED);
            assertThat(first.find("x")).isEmpty();
        }
    }

    @Test
    void tellsThatItsDirectoryCannotBeWritten() {
        // Not even root can make a directory there.
        LedgerFault fault = failure(new SqliteLedgerPlace(Path.of("/proc/sys/kernel/ledger")));

        assertThat(fault.kind()).isIn(LedgerFault.Kind.READ_ONLY, LedgerFault.Kind.FAILED);
        assertThat(fault.detail()).startsWith("the ledger /proc/sys/kernel/ledger/ledger.db ");
    }

    private static LedgerFault failure(SqliteLedgerPlace place) {
        try (LedgerStore store = place.open()) {
            throw new AssertionError("it opened: " + store);
        } catch (LedgerFault e) {
            return e;
        }
    }

    @Test
    void tellsThatTheDiskIsFullAndKeepsWhatWasCommitted() throws Exception {
        write(1);
        try (Connection connection = raw()) {
            SqliteLedgerStore store = new SqliteLedgerStore(file(), connection);
            try (Statement statement = connection.createStatement()) {
                // SQLite's own bound on the size of a file fails in the way in which a full disk does.
                statement.execute("PRAGMA max_page_count = 1");
            }
            Ledger ledger = Ledger.open(store);
            Change change = new Change.Adopted(
                    new PartitionName("large"),
                    Optional.of(new Grant(new PartitionName("large"), Samples.slice("5-15"), true)));
            Draft draft = new Draft(1, "t", "r".repeat(3 * PAGE), "large", change);

            assertThatThrownBy(() -> ledger.commit(draft, ledger.version()))
                    .isInstanceOfSatisfying(LedgerFault.class, fault -> {
                        assertThat(fault.kind()).isEqualTo(LedgerFault.Kind.DISK_FULL);
                        assertThat(fault.detail()).isEqualTo("there is no room to write the ledger " + file());
                    });
        }
        try (Ledger ledger = Ledger.open(place().open())) {
            assertThat(ledger.version()).isEqualTo(3);
        }
    }

    // ---- putting aside

    @Test
    void putsADamagedFileAsideUnderANameWithTheTime() throws IOException {
        write(1);
        truncate(file(), PAGE);

        assertThat(place().putAside(0)).isEqualTo("the old file is " + directory.resolve("ledger.db.19700101T000000Z"));
        assertThat(place().putAside(0)).isEqualTo("there was no file");

        try (Ledger ledger = Ledger.open(place().open())) {
            assertThat(ledger.isOpened()).isFalse();
        }
        assertThat(place().putAside(0)).endsWith("ledger.db.19700101T000000Z-2");
        assertThat(Files.size(directory.resolve("ledger.db.19700101T000000Z"))).isEqualTo(PAGE);
    }

    @Test
    void aMissingFileIsANewLedger() {
        try (Ledger ledger = Ledger.open(place().open())) {
            assertThat(ledger.isOpened()).isFalse();
            assertThat(ledger.version()).isZero();
        }
    }
}
