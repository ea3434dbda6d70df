package io.bulkhead.broker.ledger;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A store that knows what another one keeps, and keeps nothing itself: for seeing what a change would lead to.
 *
 * @param real what is asked; not owned, and never written
 */
record Rehearsal(LedgerStore real) implements LedgerStore {
    @Override
    public void replay(Consumer<Commit> reader) {
        real.replay(reader);
    }

    @Override
    public void append(Commit commit) {
        // The books of the rehearsal have it; that is all.
    }

    @Override
    public Optional<Commit> find(String key) {
        return real.find(key);
    }

    @Override
    public List<Commit> query(Query query) {
        return real.query(query);
    }

    @Override
    public void close() {
        // The real one belongs to the real ledger.
    }
}
