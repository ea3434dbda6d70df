package io.bulkhead.broker.ledger;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ledger: a store of commits and the state that they add up to. The only writer of its store, which it owns. For one
 * thread; every method may fail with a {@link LedgerFault}, after which the ledger is to be closed.
 */
public final class Ledger implements AutoCloseable {
    private static final String RECONCILER = "reconciliation";

    /** More settlements than partitions and intents there can be: a loop would be ours. */
    private static final int MOST_SETTLEMENTS = 100_000;

    private final LedgerStore store;
    private final Books books;

    private Ledger(LedgerStore store, Books books) {
        this.store = store;
        this.books = books;
    }

    /** Reads all commits, each checked as if it were written now. Takes over the store, and closes it on failure. */
    public static Ledger open(LedgerStore store) {
        try {
            Books books = new Books();
            store.replay(books::apply);
            books.audit();
            return new Ledger(store, books);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** The number of the last commit; 0 for none. */
    public long version() {
        return books.version();
    }

    /** Whether the inventory is on the books. */
    public boolean isOpened() {
        return books.stock().isPresent();
    }

    Books books() {
        return books;
    }

    /**
     * Writes a commit.
     *
     * @param draft what is wanted
     * @param expectedVersion the version that the draft was made for
     * @return the commit; the one of before where its key was used for the same change already
     * @throws Refusal CONFLICT where the ledger is at another version or the key was used for something else;
     *     NOT_ENOUGH_RESOURCES where something is not free
     */
    public Commit commit(Draft draft, long expectedVersion) {
        Optional<Commit> before = store.find(draft.key());
        if (before.isPresent()) {
            if (!before.get().change().equals(draft.change())) {
                throw Refusal.of(
                        ProblemCode.CONFLICT,
                        "the key '" + draft.key() + "' was used for something else in commit "
                                + before.get().version());
            }
            return before.get();
        }
        if (expectedVersion != version()) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    "the ledger is at version " + version() + ", not at " + expectedVersion + " any more",
                    "look again, and repeat it");
        }
        Commit commit = new Commit(
                version() + 1,
                draft.timeMillis(),
                draft.actor(),
                draft.reason(),
                draft.key(),
                draft.change(),
                books.entriesFor(draft.change()));
        books.apply(commit);
        store.append(commit);
        return commit;
    }

    /** What a partition holds; empty for nothing, and while an intent is under way what it had before. */
    public Optional<Grant> grant(PartitionName owner) {
        return Optional.ofNullable(books.grants().get(owner));
    }

    /** The user ids of every partition, as far as they are recorded. */
    public SortedMap<PartitionName, UidRange> ranges() {
        return new TreeMap<>(books.ranges());
    }

    /** Whether an intent for a partition has not ended yet. */
    public boolean isPending(PartitionName owner) {
        return books.pending().containsKey(owner);
    }

    /** Commits with entries like these; see {@link LedgerStore#query}. */
    public List<Commit> query(LedgerStore.Query query) {
        return store.query(query);
    }

    // ---- reconciling

    /**
     * Opens an empty ledger with what is there.
     *
     * @param actual what is there
     * @param timeMillis now
     * @param reason why it is opened
     */
    public void adoptAll(Actual actual, long timeMillis, String reason) {
        commit(
                new Draft(
                        timeMillis, RECONCILER, reason, "opening", new Change.Opened(actual.stock(), actual.grants())),
                0);
    }

    /**
     * Settles every difference whose cause is known; {@link #differences} tells what is left.
     *
     * @param actual what is so
     * @param timeMillis now
     * @return the commits that were made
     */
    public List<Commit> reconcile(Actual actual, long timeMillis) {
        List<Commit> commits = new ArrayList<>();
        Reconciliation.ofHardware(books, actual).ifPresent(found -> commits.add(settle(found, timeMillis)));
        while (commits.size() < MOST_SETTLEMENTS) {
            Optional<Reconciliation.Settlement> next = new Reconciliation(books, actual).next();
            if (next.isEmpty()) {
                break;
            }
            commits.add(settle(next.get(), timeMillis));
        }
        // What was given back may be hardware that is gone.
        if (!commits.isEmpty()) {
            Reconciliation.ofHardware(books, actual).ifPresent(found -> commits.add(settle(found, timeMillis)));
        }
        return commits;
    }

    private Commit settle(Reconciliation.Settlement found, long timeMillis) {
        String key = RECONCILER + "-" + (version() + 1);
        return commit(new Draft(timeMillis, RECONCILER, found.reason(), key, found.change()), version());
    }

    /**
     * What would be left to the administrator after {@link #reconcile}; writes nothing, neither here nor in the store.
     *
     * @param actual what is so
     */
    public List<Difference> foresee(Actual actual) {
        if (!isOpened()) {
            // It is opened with whatever is there.
            return List.of();
        }
        Ledger rehearsal = new Ledger(new Rehearsal(store), books.copy());
        rehearsal.reconcile(actual, 0);
        return rehearsal.differences(actual);
    }

    /** What the ledger and the manager say differently and only the administrator can decide. */
    public List<Difference> differences(Actual actual) {
        return new Reconciliation(books, actual).differences();
    }

    // ---- showing

    /** What every account has, the hardware's left out; accounts without anything are not there. */
    public SortedMap<Account, SortedMap<ResourceKey, Long>> accounts() {
        SortedMap<Account, SortedMap<ResourceKey, Long>> accounts = new TreeMap<>();
        for (Account account : books.balances().accounts()) {
            if (!account.equals(Account.HARDWARE)) {
                accounts.put(account, new TreeMap<>(books.balances().held(account)));
            }
        }
        return accounts;
    }

    /** How much of everything is on the books. */
    public SortedMap<ResourceKey, Long> inventory() {
        SortedMap<ResourceKey, Long> inventory = new TreeMap<>();
        books.balances().held(Account.HARDWARE).forEach((resource, amount) -> inventory.put(resource, -amount));
        return inventory;
    }

    /** Intents that have not ended, as the changes that said so, by the version of their commits. */
    public SortedMap<Long, Change.Intended> intents() {
        SortedMap<Long, Change.Intended> intents = new TreeMap<>();
        books.pending().values().forEach(intent -> intents.put(intent.version(), intent.change()));
        return intents;
    }

    @Override
    public void close() {
        store.close();
    }
}
