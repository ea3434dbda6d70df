package io.bulkhead.broker.ledger.sqlite;

import io.bulkhead.broker.ledger.LedgerFault;
import io.bulkhead.broker.ledger.LedgerPlace;
import io.bulkhead.broker.ledger.LedgerStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.sqlite.SQLiteConfig;

/**
 * The directory of an instance's ledger: {@code ledger.db}, its write-ahead log, and ledgers that were put aside. A new
 * file is made whole under another name and renamed, so {@code ledger.db} is never a beginning.
 */
public final class SqliteLedgerPlace implements LedgerPlace {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** How long another one's lock is waited for: a copy of the file being made, not a second control plane. */
    private static final int BUSY_MILLIS = 200;

    private final Path directory;
    private final Path file;

    /** The ledger in this directory, which is made when it is needed. */
    public SqliteLedgerPlace(Path directory) {
        this.directory = directory;
        this.file = directory.resolve("ledger.db");
    }

    @Override
    public LedgerStore open() {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            NativeLibrary.load(directory.resolve("native"));
            if (!Files.exists(file)) {
                create();
            }
            FileHeader.check(file);
            makeCompanionsWritable();
        } catch (IOException e) {
            throw Faults.of(file, e);
        }
        return new SqliteLedgerStore(file, connect(file));
    }

    /** SQLite gives its log and index the permissions of the file: they keep those of a time when it was not writable. */
    private void makeCompanionsWritable() throws IOException {
        for (Path companion : List.of(log(), Path.of(file + "-shm"))) {
            if (Files.isWritable(file) && Files.exists(companion) && !Files.isWritable(companion)) {
                Files.setPosixFilePermissions(companion, PosixFilePermissions.fromString("rw-------"));
            }
        }
    }

    /** A connection whose lock nobody else can get past: one writer, and no file of shared memory. */
    private static Connection connect(Path file) {
        try {
            SQLiteConfig config = new SQLiteConfig();
            config.setBusyTimeout(BUSY_MILLIS);
            config.enforceForeignKeys(true);
            config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
            config.enableRecursiveTriggers(true);
            config.setTempStore(SQLiteConfig.TempStore.MEMORY);
            return config.createConnection("jdbc:sqlite:" + file);
        } catch (SQLException e) {
            throw Faults.of(file, e);
        }
    }

    private void create() throws IOException {
        Path beginning = directory.resolve("ledger.db.new");
        for (String part : new String[] {"", "-journal", "-wal"}) {
            Files.deleteIfExists(Path.of(beginning + part));
        }
        try (Connection connection = connect(beginning);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA application_id = " + FileHeader.APPLICATION_ID);
            statement.execute("PRAGMA user_version = " + FileHeader.SCHEMA_VERSION);
            for (String each : Schema.STATEMENTS) {
                statement.execute(each);
            }
        } catch (SQLException e) {
            throw Faults.of(file, e);
        }
        Files.setPosixFilePermissions(beginning, PosixFilePermissions.fromString("rw-------"));
        // A log without its database is of one that somebody took away; it must not be read into the new one.
        Files.deleteIfExists(log());
        Files.move(beginning, file, StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
    }

    private Path log() {
        return Path.of(file + "-wal");
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public String putAside(long timeMillis) {
        if (!Files.exists(file)) {
            return "there was no file";
        }
        refuseWhereOpen();
        try {
            Path aside = directory.resolve("ledger.db." + STAMP.format(Instant.ofEpochMilli(timeMillis)));
            for (int number = 2; Files.exists(aside); number++) {
                aside = directory.resolve("ledger.db." + STAMP.format(Instant.ofEpochMilli(timeMillis)) + "-" + number);
            }
            // The log goes first: without it the old file is at worst an older ledger, never a wrong new one.
            if (Files.exists(log())) {
                Files.move(log(), Path.of(aside + "-wal"), StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
            sync(directory);
            return "the old file is " + aside;
        } catch (IOException e) {
            throw Faults.of(file, e);
        }
    }

    /** A file that another process has open would go on being written under its new name. */
    private void refuseWhereOpen() {
        try (Connection connection = connect(file);
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            if (Faults.of(file, e).kind() == LedgerFault.Kind.LOCKED) {
                throw Faults.of(file, e);
            }
        } catch (LedgerFault e) {
            if (e.kind() == LedgerFault.Kind.LOCKED) {
                throw e;
            }
        }
    }
}
