package io.bulkhead.broker.ledger;

import java.util.Optional;
import java.util.Set;

/** Reads balances: those of the books, or those that a commit in the making would lead to. */
interface BalanceView {
    /** How much an account has. */
    long of(Account account, ResourceKey resource);

    /** Who has a CPU that is on the books. */
    Optional<Account> ownerOf(int cpu);

    /** What an account has something of. */
    Set<ResourceKey> resources(Account account);

    /** Every account that has something. */
    Set<Account> accounts();
}
