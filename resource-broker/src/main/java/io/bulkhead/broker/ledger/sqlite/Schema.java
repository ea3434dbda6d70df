package io.bulkhead.broker.ledger.sqlite;

import java.util.List;

/** The tables of a ledger. What is in them can be added to, never changed: that is what the triggers are for. */
final class Schema {
    static final List<String> STATEMENTS = List.of(
            "CREATE TABLE ledger_commit ("
                    + " version INTEGER PRIMARY KEY,"
                    + " time_millis INTEGER NOT NULL,"
                    + " actor TEXT NOT NULL,"
                    + " reason TEXT NOT NULL,"
                    + " idempotency_key TEXT NOT NULL UNIQUE,"
                    + " change TEXT NOT NULL,"
                    + " hash BLOB NOT NULL CHECK (length(hash) = 32)) STRICT",
            "CREATE TABLE ledger_entry ("
                    + " version INTEGER NOT NULL REFERENCES ledger_commit (version),"
                    + " position INTEGER NOT NULL CHECK (position >= 0),"
                    + " account TEXT NOT NULL,"
                    + " resource TEXT NOT NULL,"
                    + " amount INTEGER NOT NULL CHECK (amount <> 0),"
                    + " PRIMARY KEY (version, position)) STRICT, WITHOUT ROWID",
            "CREATE INDEX ledger_entry_account ON ledger_entry (account, version)",
            "CREATE INDEX ledger_entry_resource ON ledger_entry (resource, version)",
            "CREATE TRIGGER ledger_commit_numbered BEFORE INSERT ON ledger_commit"
                    + " WHEN NEW.version <> (SELECT coalesce(max(version), 0) + 1 FROM ledger_commit)"
                    + " BEGIN SELECT RAISE(ABORT, 'commits are numbered without a gap'); END",
            "CREATE TRIGGER ledger_entry_of_last BEFORE INSERT ON ledger_entry"
                    + " WHEN NEW.version <> (SELECT max(version) FROM ledger_commit)"
                    + " BEGIN SELECT RAISE(ABORT, 'entries belong to the commit being written'); END",
            frozen("ledger_commit", "UPDATE"),
            frozen("ledger_commit", "DELETE"),
            frozen("ledger_entry", "UPDATE"),
            frozen("ledger_entry", "DELETE"));

    private Schema() {}

    private static String frozen(String table, String verb) {
        return "CREATE TRIGGER " + table + "_no_" + verb.toLowerCase(java.util.Locale.ROOT) + " BEFORE " + verb + " ON "
                + table + " BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END";
    }
}
