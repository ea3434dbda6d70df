package io.bulkhead.console.serial.log;

/**
 * The log of one console, as the console service writes it.
 *
 * <p>No method throws for a failing disk, and none waits for it: what comes is copied into a bounded queue in memory and
 * written by another thread within {@link LogOptions#batchMillis}. What cannot be written, and what the queue has no room
 * for, becomes a gap of the log as soon as there is room again; {@link #health} tells of it meanwhile.
 *
 * <p>For one writer: the calls come one after the other, from any thread; {@link #end} and {@link #health} at any time.
 */
public interface ConsoleLog extends AutoCloseable {
    /**
     * The offset behind the last byte or gap that was handed over, 0 for a new log. After {@link ConsoleLogs#open} it is
     * the offset from which the service asks the manager for the stream: whatever a crash cut off is read again from the
     * manager's ring, and what the ring no longer has comes as a gap.
     */
    long end();

    /**
     * Adds output. Bytes below {@link #end} are in the log already and are passed over, so that a stream may be repeated;
     * where the offset is beyond it, a gap is recorded first.
     *
     * @param offset of the first byte in the console's stream
     * @param bytes is copied before this returns
     * @param start of the first byte in the array
     * @param length how many
     */
    void append(long offset, byte[] bytes, int start, int length);

    /** Adds all bytes of an array as output. */
    default void append(long offset, byte[] bytes) {
        append(offset, bytes, 0, bytes.length);
    }

    /**
     * Adds an event. It stands behind what was handed over before, at {@link #end} where its own offset is lower. The same
     * event a second time (offset, kind, detail, time) with no output between is passed over.
     *
     * @param offset of the next byte of output after it; where it is beyond {@link #end}, a gap is recorded first
     * @param kind neither output nor gap
     * @param detail one line for people, cut at 1,024 bytes of UTF-8
     * @param wallMillis when it happened, milliseconds since 1970 UTC
     */
    void mark(long offset, EntryKind kind, String detail, long wallMillis);

    /**
     * Records that bytes of the stream are lost. What lies below {@link #end} of it is passed over.
     *
     * @param from the offset of the first lost byte; a gap before it that is not told of is recorded too
     * @param to the offset behind the last one
     * @param reason one line for people, cut likewise
     */
    void gap(long from, long to, String reason);

    /** How the log does, now. */
    LogHealth health();

    /** Writes what waits and forces it to the disk, some seconds at most. The files stay. */
    @Override
    void close();
}
