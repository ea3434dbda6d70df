package io.bulkhead.console.serial.log;

/** What an entry of a log tells of. The order is that of the files' codes: new ones go to the end. */
public enum EntryKind {
    /** Bytes that the partition put out. */
    OUTPUT,
    /** Bytes of the stream that the log does not have. */
    GAP,
    /** Somebody began to look. */
    ATTACH,
    /** Somebody ceased to look. */
    DETACH,
    /** Somebody may write from here on, or nobody. */
    WRITER,
    /** The console has another size; the detail begins with {@code COLUMNSxROWS}. */
    RESIZE,
    /** A break was sent. */
    BREAK,
    /** The manager or the control plane began anew. */
    RESTART,
    /** A run of the partition began or ended. */
    RUN
}
