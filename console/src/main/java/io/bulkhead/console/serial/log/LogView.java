package io.bulkhead.console.serial.log;

import java.io.ByteArrayOutputStream;

/** Makes what somebody sees of a log's entries, which come in order. For one thread. */
interface LogView {
    /** The media type. */
    String contentType();

    /** Puts out what an entry gives. */
    void add(LogEntry entry, ByteArrayOutputStream out);

    /** Puts out what can be shown of an unfinished line, where nothing more is there now. */
    default void pause(ByteArrayOutputStream out) {}

    /** Puts out what is left at the end. */
    default void end(ByteArrayOutputStream out) {}

    /** Whether nothing more is worth being added. */
    default boolean isDone() {
        return false;
    }

    /** The bytes as they came. */
    static LogView raw() {
        return new LogView() {
            @Override
            public String contentType() {
                return "application/octet-stream";
            }

            @Override
            public void add(LogEntry entry, ByteArrayOutputStream out) {
                if (entry instanceof LogEntry.Output output) {
                    out.writeBytes(output.bytes());
                }
            }
        };
    }
}
