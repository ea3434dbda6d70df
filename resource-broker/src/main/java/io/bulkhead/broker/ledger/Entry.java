package io.bulkhead.broker.ledger;

/**
 * One line of a commit: an account gets or gives an amount of a resource.
 *
 * @param account whose
 * @param resource of what
 * @param amount how much more (or, negative, less) it has; never 0, in the unit of the resource
 */
public record Entry(Account account, ResourceKey resource, long amount) {
    public Entry {
        if (amount == 0) {
            throw new IllegalArgumentException("an entry moves something");
        }
    }
}
