package io.bulkhead.contract.generation;

import java.util.List;

/**
 * The packages that have moved: the first ones by name, and how many more.
 *
 * @param changes the first ones
 * @param leftOut how many more there are
 */
public record PackageChanges(List<PackageChange> changes, long leftOut) {
    public static final int MOST = 500;

    public PackageChanges {
        changes = List.copyOf(changes);
    }

    public static PackageChanges of(List<PackageChange> all) {
        return new PackageChanges(all.subList(0, Math.min(all.size(), MOST)), Math.max(0, all.size() - MOST));
    }

    /** How many there are, those that were left out too. */
    public long count() {
        return changes.size() + leftOut;
    }
}
