package io.bulkhead.broker.ledger;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.WireText;
import java.util.Optional;

/**
 * Who has something on the books: the hardware itself (where everything comes from, at or below 0), the host, nobody, or
 * a partition.
 *
 * @param name a partition's name, {@code host}, {@code free} or {@code (hardware)}
 */
@WireText
public record Account(String name) implements Comparable<Account> {
    /** The other side of all there is: minus the inventory. */
    public static final Account HARDWARE = new Account("(hardware)");

    /** What the host keeps for itself. */
    public static final Account HOST = new Account("host");

    /** What nobody has. */
    public static final Account FREE = new Account("free");

    public static Account of(PartitionName partition) {
        return new Account(partition.value());
    }

    /** Reads an account's name; throws {@link IllegalArgumentException} for what can be none. */
    public static Account parse(String text) {
        Account account = new Account(text);
        return account.isSpecial() ? account : of(new PartitionName(text));
    }

    /** Whether it is no partition's. */
    public boolean isSpecial() {
        return equals(HARDWARE) || equals(HOST) || equals(FREE);
    }

    /** The partition whose it is. */
    public Optional<PartitionName> partition() {
        return isSpecial() ? Optional.empty() : Optional.of(new PartitionName(name));
    }

    @Override
    public int compareTo(Account other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
