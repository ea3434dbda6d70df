package io.bulkhead.manager.generation;

/** What the rules say about one path. */
sealed interface Decision {

    /** Copied as it is, except for the owners and special bits that {@link GenerationRules} changes. */
    record Keep() implements Decision {}

    /** Not in the generation, with everything below it. */
    record Drop(String reason) implements Decision {}

    /** In the generation with its owner and mode, but with nothing in it. */
    record Empty(String reason) implements Decision {}

    /**
     * A file of this content instead of the host's, owned by root.
     *
     * @param content the whole text, ASCII or UTF-8
     * @param mode permission bits
     * @param gid its group
     */
    record Replace(String content, int mode, int gid) implements Decision {}

    /** A symbolic link with this text instead of whatever the host has there. */
    record Link(String target) implements Decision {}

    /** An empty directory of root's with this mode instead of whatever the host has there. */
    record Directory(int mode) implements Decision {}

    /** The one {@link Keep}. */
    Decision KEEP = new Keep();

    static Decision drop(String reason) {
        return new Drop(reason);
    }

    static Decision empty(String reason) {
        return new Empty(reason);
    }
}
