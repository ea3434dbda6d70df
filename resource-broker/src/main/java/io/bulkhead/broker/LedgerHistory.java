package io.bulkhead.broker;

import java.util.List;
import java.util.Optional;

/**
 * Commits of the ledger, as {@code GET /v1/ledger/entries} answers them.
 *
 * @param version the number of the last commit of the ledger
 * @param commits those asked for, oldest first
 */
public record LedgerHistory(long version, List<Commit> commits) {
    /**
     * One commit.
     *
     * @param version its number
     * @param timeMillis when, milliseconds since 1970 UTC
     * @param actor who wanted it
     * @param reason why
     * @param key by which a repetition is recognized
     * @param change {@code opened}, {@code hardware-changed}, {@code intended}, {@code settled} or {@code adopted}
     * @param owner whose slice it is about; absent for the inventory
     * @param entries what moved, those asked for
     */
    public record Commit(
            long version,
            long timeMillis,
            String actor,
            String reason,
            String key,
            String change,
            Optional<String> owner,
            List<Entry> entries) {
        public Commit {
            entries = List.copyOf(entries);
        }
    }

    /**
     * One line of a commit.
     *
     * @param account a partition's name, {@code host}, {@code free}, or {@code (hardware)}, which all comes from
     * @param resource {@code cpu/N}, {@code pool} or {@code memory/N}
     * @param amount how much more or, negative, less it has
     */
    public record Entry(String account, String resource, long amount) {}

    public LedgerHistory {
        commits = List.copyOf(commits);
    }
}
