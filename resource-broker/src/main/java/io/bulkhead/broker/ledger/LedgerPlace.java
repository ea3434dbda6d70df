package io.bulkhead.broker.ledger;

/** Where a ledger is kept: opens its store, and makes room for a new one. For one thread. */
public interface LedgerPlace {
    /**
     * Opens the store; makes an empty one where there is none at all.
     *
     * @throws LedgerFault with what is wrong and what helps
     */
    LedgerStore open();

    /**
     * Puts the store aside, whatever is wrong with it; must not be open. Does nothing where there is none.
     *
     * @param timeMillis now, for its name
     * @return where it is now, or that there was none, as text
     * @throws LedgerFault where it cannot be moved or somebody has it open
     */
    String putAside(long timeMillis);
}
