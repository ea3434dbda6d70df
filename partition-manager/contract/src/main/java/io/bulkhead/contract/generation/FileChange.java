package io.bulkhead.contract.generation;

import java.util.List;

/**
 * One path that is no longer as it was.
 *
 * @param path like {@code etc/ssh/sshd_config}, relative to the root; bytes that are not printable ASCII are
 *     percent-encoded, and one too long to show ends in {@code …}
 * @param kind what happened to it
 * @param aspects what of it is different; empty where it was added or removed
 */
public record FileChange(String path, Kind kind, List<Aspect> aspects) {
    /** What happened to a path. */
    public enum Kind {
        ADDED,
        REMOVED,
        MODIFIED
    }

    /** What of a path can be different. */
    public enum Aspect {
        TYPE,
        CONTENT,
        MODE,
        OWNER,
        ATTRIBUTES
    }

    public FileChange {
        aspects = List.copyOf(aspects);
    }
}
