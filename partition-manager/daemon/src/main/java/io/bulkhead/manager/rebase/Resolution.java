package io.bulkhead.manager.rebase;

/** What a path that does not simply stay the partition's becomes. */
sealed interface Resolution {
    /** What the new generation has. */
    record Take(Entry entry) implements Resolution {}

    /** Nothing. */
    record Remove() implements Resolution {}

    /**
     * Something of both.
     *
     * @param fresh whether its content is the new generation's, with its extended attributes; else the partition's
     */
    record Mix(Entry.Kind kind, boolean fresh, int mode, long uid, long gid) implements Resolution {}

    /** A file of text merged line by line. */
    record Text(String content, int mode, long uid, long gid) implements Resolution {}
}
