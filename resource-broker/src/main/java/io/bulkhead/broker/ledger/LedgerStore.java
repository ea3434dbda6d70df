package io.bulkhead.broker.ledger;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where commits are kept. For one thread; owned by the {@link Ledger} that it was given to. Every method fails with a
 * {@link LedgerFault}.
 */
public interface LedgerStore extends AutoCloseable {
    /** Hands over every commit, oldest first; fails where one is missing or was altered. */
    void replay(Consumer<Commit> reader);

    /** Keeps a commit for good, wholly or not at all, before it returns. */
    void append(Commit commit);

    /** The commit with this key. */
    Optional<Commit> find(String key);

    /** Commits that have entries like these, oldest first, each with those entries only. */
    List<Commit> query(Query query);

    @Override
    void close();

    /**
     * Which entries are asked for.
     *
     * @param account only of this account
     * @param resource only of this resource
     * @param afterVersion only of later commits
     * @param limit at most so many commits
     */
    record Query(Optional<Account> account, Optional<ResourceKey> resource, long afterVersion, int limit) {
        public Query {
            if (limit < 1 || limit > 1000) {
                throw new IllegalArgumentException("limit must be 1 to 1000: " + limit);
            }
            if (afterVersion < 0) {
                throw new IllegalArgumentException("a version cannot be negative: " + afterVersion);
            }
        }

        /** Whether a commit belongs to the answer: any, if nothing is said of its entries. */
        public boolean wants(Commit commit) {
            return commit.version() > afterVersion
                    && ((account.isEmpty() && resource.isEmpty())
                            || commit.entries().stream().anyMatch(this::wants));
        }

        /** Whether an entry belongs to the answer. */
        public boolean wants(Entry entry) {
            return account.map(entry.account()::equals).orElse(true)
                    && resource.map(entry.resource()::equals).orElse(true);
        }

        /** A commit with those of its entries that are asked for. */
        public Commit reduced(Commit commit) {
            return new Commit(
                    commit.version(),
                    commit.timeMillis(),
                    commit.actor(),
                    commit.reason(),
                    commit.key(),
                    commit.change(),
                    commit.entries().stream().filter(this::wants).toList());
        }
    }
}
