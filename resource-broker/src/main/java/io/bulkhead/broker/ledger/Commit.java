package io.bulkhead.broker.ledger;

import java.util.List;

/**
 * One numbered, balanced step of the books. Never changed once written.
 *
 * @param version its number, from 1 without a gap
 * @param timeMillis when, milliseconds since 1970 UTC, by whoever wrote it
 * @param actor who wanted it
 * @param reason why, one sentence
 * @param key by which a repetition is recognized; no two commits have the same
 * @param change what it is about
 * @param entries what moved; for every resource they add up to 0
 */
public record Commit(
        long version, long timeMillis, String actor, String reason, String key, Change change, List<Entry> entries) {
    public Commit {
        entries = List.copyOf(entries);
    }
}
