package io.bulkhead.broker.ledger.sqlite;

import io.bulkhead.broker.ledger.Account;
import io.bulkhead.broker.ledger.Change;
import io.bulkhead.broker.ledger.Commit;
import io.bulkhead.broker.ledger.Entry;
import io.bulkhead.broker.ledger.LedgerFault;
import io.bulkhead.broker.ledger.LedgerStore;
import io.bulkhead.broker.ledger.ResourceKey;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import io.bulkhead.contract.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Commits in an SQLite file with a write-ahead log. Every commit is one transaction, synced to the disk before
 * {@link #append} returns, and carries the SHA-256 of itself and of the hash before it, so that a changed, lost or
 * exchanged commit is found when the file is read. For one thread; owns its connection.
 */
final class SqliteLedgerStore implements LedgerStore {
    private static final byte[] NO_HASH = new byte[32];

    private final Path file;
    private final Connection connection;
    private byte[] lastHash = NO_HASH;

    /** Takes over the connection; fails where the file cannot be written or is damaged. */
    SqliteLedgerStore(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
        try {
            prepare();
        } catch (SQLException e) {
            close();
            throw Faults.of(file, e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void prepare() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            // Takes the lock and writes a page: what cannot be written is found now and not with the first commit.
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("PRAGMA user_version = " + FileHeader.SCHEMA_VERSION);
            statement.execute("COMMIT");
            try (ResultSet found = statement.executeQuery("PRAGMA integrity_check(1)")) {
                String verdict = found.next() ? String.valueOf(found.getString(1)) : "nothing";
                if (!verdict.equals("ok")) {
                    throw LedgerFault.damaged("the ledger " + file + " is damaged: " + verdict);
                }
            }
        }
    }

    // ---- reading

    @Override
    public void replay(Consumer<Commit> reader) {
        byte[] hash = NO_HASH;
        try (Statement commits = connection.createStatement();
                Statement entries = connection.createStatement();
                ResultSet commit = commits.executeQuery("SELECT version, time_millis, actor, reason, idempotency_key,"
                        + " change, hash FROM ledger_commit ORDER BY version");
                ResultSet entry = entries.executeQuery(
                        "SELECT version, account, resource, amount FROM ledger_entry ORDER BY version, position")) {
            boolean more = entry.next();
            while (commit.next()) {
                long version = commit.getLong(1);
                List<Entry> ofCommit = new ArrayList<>();
                while (more && entry.getLong(1) == version) {
                    ofCommit.add(entry(entry));
                    more = entry.next();
                }
                Commit read = commit(commit, ofCommit);
                hash = hash(hash, read);
                if (!Arrays.equals(hash, commit.getBytes(7))) {
                    throw LedgerFault.damaged("the ledger " + file + " is damaged: commit " + version
                            + " was changed after it was written, or one before it is missing");
                }
                reader.accept(read);
            }
            if (more) {
                throw LedgerFault.damaged(
                        "the ledger " + file + " is damaged: it has entries without their commit " + entry.getLong(1));
            }
            lastHash = hash;
        } catch (SQLException e) {
            throw Faults.of(file, e);
        } catch (IllegalArgumentException | WireException e) {
            throw LedgerFault.damaged("the ledger " + file + " is damaged: " + e.getMessage());
        }
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(Account.parse(row.getString(2)), ResourceKey.parse(row.getString(3)), row.getLong(4));
    }

    private static Commit commit(ResultSet row, List<Entry> entries) throws SQLException {
        return new Commit(
                row.getLong(1),
                row.getLong(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                RecordCodec.decode(
                        Change.class, JsonReader.read(row.getString(6).getBytes(StandardCharsets.UTF_8))),
                entries);
    }

    @Override
    public Optional<Commit> find(String key) {
        return select("idempotency_key = ?", statement -> statement.setString(1, key), 1).stream()
                .findFirst();
    }

    @Override
    public List<Commit> query(Query query) {
        List<String> conditions = new ArrayList<>(List.of("version > ?"));
        if (query.account().isPresent() || query.resource().isPresent()) {
            conditions.add("version IN (SELECT version FROM ledger_entry WHERE version > ?"
                    + (query.account().isPresent() ? " AND account = ?" : "")
                    + (query.resource().isPresent() ? " AND resource = ?" : "") + ")");
        }
        return select(
                        String.join(" AND ", conditions),
                        statement -> {
                            int position = 1;
                            statement.setLong(position++, query.afterVersion());
                            if (conditions.size() > 1) {
                                statement.setLong(position++, query.afterVersion());
                            }
                            if (query.account().isPresent()) {
                                statement.setString(
                                        position++, query.account().get().name());
                            }
                            if (query.resource().isPresent()) {
                                statement.setString(
                                        position, query.resource().get().toString());
                            }
                        },
                        query.limit())
                .stream()
                .map(query::reduced)
                .toList();
    }

    private interface Arguments {
        void set(PreparedStatement statement) throws SQLException;
    }

    private List<Commit> select(String condition, Arguments arguments, int limit) {
        try (PreparedStatement commits = connection.prepareStatement(
                        "SELECT version, time_millis, actor, reason, idempotency_key, change"
                                + " FROM ledger_commit WHERE " + condition + " ORDER BY version LIMIT " + limit);
                PreparedStatement entries = connection.prepareStatement("SELECT version, account, resource, amount"
                        + " FROM ledger_entry WHERE version = ? ORDER BY position")) {
            arguments.set(commits);
            List<Commit> found = new ArrayList<>();
            try (ResultSet row = commits.executeQuery()) {
                while (row.next()) {
                    found.add(commit(row, entriesOf(entries, row.getLong(1))));
                }
            }
            return found;
        } catch (SQLException e) {
            throw Faults.of(file, e);
        } catch (IllegalArgumentException | WireException e) {
            throw LedgerFault.damaged("the ledger " + file + " is damaged: " + e.getMessage());
        }
    }

    private static List<Entry> entriesOf(PreparedStatement entries, long version) throws SQLException {
        entries.setLong(1, version);
        List<Entry> found = new ArrayList<>();
        try (ResultSet row = entries.executeQuery()) {
            while (row.next()) {
                found.add(entry(row));
            }
        }
        return found;
    }

    // ---- writing

    @Override
    public void append(Commit commit) {
        byte[] hash = hash(lastHash, commit);
        try (Statement transaction = connection.createStatement()) {
            transaction.execute("BEGIN IMMEDIATE");
            try {
                insert(commit, hash);
                transaction.execute("COMMIT");
            } catch (SQLException e) {
                rollBack(transaction, e);
                throw e;
            }
            lastHash = hash;
        } catch (SQLException e) {
            throw Faults.of(file, e);
        }
    }

    /** After some failures, a full disk among them, SQLite has rolled back itself already. */
    private static void rollBack(Statement transaction, SQLException cause) {
        try {
            transaction.execute("ROLLBACK");
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private void insert(Commit commit, byte[] hash) throws SQLException {
        try (PreparedStatement row =
                connection.prepareStatement("INSERT INTO ledger_commit VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            row.setLong(1, commit.version());
            row.setLong(2, commit.timeMillis());
            row.setString(3, commit.actor());
            row.setString(4, commit.reason());
            row.setString(5, commit.key());
            row.setString(6, change(commit.change()));
            row.setBytes(7, hash);
            row.executeUpdate();
        }
        try (PreparedStatement row = connection.prepareStatement("INSERT INTO ledger_entry VALUES (?, ?, ?, ?, ?)")) {
            int position = 0;
            for (Entry entry : commit.entries()) {
                row.setLong(1, commit.version());
                row.setInt(2, position++);
                row.setString(3, entry.account().name());
                row.setString(4, entry.resource().toString());
                row.setLong(5, entry.amount());
                row.executeUpdate();
            }
        }
    }

    private static String change(Change change) {
        return RecordCodec.encodeAs(Change.class, (Record) change).toString();
    }

    private static byte[] hash(byte[] before, Commit commit) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(before);
            digest.update(RecordCodec.encode(commit).toString().getBytes(StandardCharsets.UTF_8));
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw Faults.of(file, e);
        }
    }
}
