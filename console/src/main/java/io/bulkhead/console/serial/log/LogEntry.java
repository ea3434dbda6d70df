package io.bulkhead.console.serial.log;

/** What a log is read as. */
public sealed interface LogEntry {
    /** Where it stands in the console's stream. */
    long offset();

    /** When it happened, milliseconds since 1970 UTC; when a gap was noticed. */
    long wallMillis();

    /**
     * Output.
     *
     * @param offset of the first byte
     * @param bytes at most 64 KiB; not to be changed
     * @param wallMillis when the first of them came
     * @param monotonicNanos the same by CLOCK_MONOTONIC
     */
    record Output(long offset, byte[] bytes, long wallMillis, long monotonicNanos) implements LogEntry {}

    /**
     * Bytes that the log does not have.
     *
     * @param offset of the first
     * @param to the offset behind the last
     * @param reason for people
     * @param wallMillis when it was noticed
     */
    record Gap(long offset, long to, String reason, long wallMillis) implements LogEntry {}

    /**
     * An event.
     *
     * @param offset of the next byte of output
     * @param kind neither output nor gap
     * @param detail one line for people
     * @param wallMillis when it happened
     * @param monotonicNanos the same by CLOCK_MONOTONIC
     */
    record Mark(long offset, EntryKind kind, String detail, long wallMillis, long monotonicNanos) implements LogEntry {}
}
