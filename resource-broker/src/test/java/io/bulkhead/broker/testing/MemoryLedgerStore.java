package io.bulkhead.broker.testing;

import io.bulkhead.broker.ledger.Commit;
import io.bulkhead.broker.ledger.LedgerFault;
import io.bulkhead.broker.ledger.LedgerStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Keeps commits in memory; what it holds can be handed to another one, as after a restart. */
public final class MemoryLedgerStore implements LedgerStore {
    private final List<Commit> commits;
    private Optional<LedgerFault> failing = Optional.empty();

    public MemoryLedgerStore() {
        this(List.of());
    }

    /** One that was left with these. */
    public MemoryLedgerStore(List<Commit> commits) {
        this.commits = new ArrayList<>(commits);
    }

    public List<Commit> commits() {
        return List.copyOf(commits);
    }

    /** Fails every append from now on. */
    public void fail(LedgerFault fault) {
        failing = Optional.of(fault);
    }

    @Override
    public void replay(Consumer<Commit> reader) {
        commits.forEach(reader);
    }

    @Override
    public void append(Commit commit) {
        if (failing.isPresent()) {
            throw failing.get();
        }
        commits.add(commit);
    }

    @Override
    public Optional<Commit> find(String key) {
        return commits.stream().filter(commit -> commit.key().equals(key)).findFirst();
    }

    @Override
    public List<Commit> query(Query query) {
        return commits.stream()
                .filter(query::wants)
                .limit(query.limit())
                .map(query::reduced)
                .toList();
    }

    @Override
    public void close() {}
}
