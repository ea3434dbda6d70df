package io.bulkhead.broker.ledger.sqlite;

import io.bulkhead.broker.ledger.LedgerFault;
import io.bulkhead.broker.ledger.LedgerFault.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import org.sqlite.SQLiteException;

/** Turns what SQLite and the file system say into what is wrong with a ledger. https://www.sqlite.org/rescode.html */
final class Faults {
    private static final int PERM = 3;
    private static final int BUSY = 5;
    private static final int BUSY_TABLE = 6;
    private static final int READONLY = 8;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int CANTOPEN = 14;
    private static final int NOTADB = 26;

    private Faults() {}

    static LedgerFault of(Path file, SQLException e) {
        int code = e instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : e.getErrorCode() & 0xff;
        return switch (code) {
            case BUSY, BUSY_TABLE -> locked(file, e);
            case READONLY, PERM, CANTOPEN -> readOnly(file, e);
            case FULL -> full(file, e);
            case CORRUPT, NOTADB ->
                new LedgerFault(
                        Kind.DAMAGED,
                        "the ledger " + file + " is damaged: " + words(e),
                        "run 'bulkhead ledger rebuild'; the file is kept aside",
                        e);
            default ->
                new LedgerFault(
                        Kind.FAILED,
                        "the ledger " + file + " cannot be used: " + words(e),
                        "see the control plane's log; it is tried again by itself",
                        e);
        };
    }

    static LedgerFault of(Path file, IOException e) {
        String reason = e instanceof FileSystemException failed && failed.getReason() != null
                ? failed.getReason()
                : e instanceof AccessDeniedException ? "permission denied" : words(e);
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("no space") || lower.contains("quota")) {
            return full(file, e);
        }
        if (e instanceof AccessDeniedException
                || lower.contains("read-only")
                || lower.contains("not permitted")
                || lower.contains("permission")) {
            return readOnly(file, e);
        }
        return new LedgerFault(
                Kind.FAILED,
                "the ledger " + file + " cannot be used: " + reason,
                "see the control plane's log; it is tried again by itself",
                e);
    }

    private static LedgerFault locked(Path file, Exception e) {
        return new LedgerFault(
                Kind.LOCKED,
                "the ledger " + file + " is open in another process",
                "find it with 'fuser " + file + "' and end it; it is tried again by itself",
                e);
    }

    private static LedgerFault readOnly(Path file, Exception e) {
        return new LedgerFault(
                Kind.READ_ONLY,
                "the ledger " + file + " or its directory cannot be written",
                "give both to the control plane's user, on a file system mounted rw; it is tried again by itself",
                e);
    }

    private static LedgerFault full(Path file, Exception e) {
        return new LedgerFault(
                Kind.DISK_FULL,
                "there is no room to write the ledger " + file,
                "make room on its file system; it is tried again by itself",
                e);
    }

    private static String words(Exception e) {
        return String.valueOf(e.getMessage()).replaceAll("^\\[[A-Z_]+]\\s*", "");
    }
}
