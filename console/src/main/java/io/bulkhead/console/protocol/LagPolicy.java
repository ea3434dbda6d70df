package io.bulkhead.console.protocol;

/** What becomes of a viewer that takes less than comes. None ever holds the partition or another viewer up. */
public enum LagPolicy {
    /** Jumps to the newest output, with a gap, once it is more than a window behind. */
    FOLLOW,
    /** Reads on from where it is, from the log where need be; a gap comes only where nobody has the bytes any more. */
    COMPLETE,
    /** As {@link #FOLLOW} with a small window, so that what is typed shows its effect at once. */
    INTERACTIVE
}
