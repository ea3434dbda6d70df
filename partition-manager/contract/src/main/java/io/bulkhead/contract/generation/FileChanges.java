package io.bulkhead.contract.generation;

import java.util.List;

/**
 * What became different in a tree: the first changes in the order of their paths, and how many there are.
 *
 * @param changes the first ones
 * @param leftOut how many more there are
 */
public record FileChanges(List<FileChange> changes, long leftOut) {
    /** Two such lists and their packages fit into one message of the protocol. */
    public static final int MOST = 500;

    public static final FileChanges NONE = new FileChanges(List.of(), 0);

    public FileChanges {
        changes = List.copyOf(changes);
    }

    /** The first of all of them, and the count of the others. */
    public static FileChanges of(List<FileChange> all) {
        return new FileChanges(all.subList(0, Math.min(all.size(), MOST)), Math.max(0, all.size() - MOST));
    }

    /** How many there are, those that were left out too. */
    public long count() {
        return changes.size() + leftOut;
    }
}
