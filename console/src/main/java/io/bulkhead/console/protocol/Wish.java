package io.bulkhead.console.protocol;

/** What somebody who attaches wants of the writing. */
public enum Wish {
    /** Nothing: to view only. */
    VIEW,
    /** It, or a place in the queue while somebody else has it. */
    WRITE,
    /** It at once, from whoever has it. */
    TAKE_OVER,
    /** It again: had it when the connection broke. Goes before all who wait. */
    RESUME,
    /** Its place in the queue again: waited when the connection broke, so that whoever wrote comes first. */
    WAIT
}
