package io.bulkhead.manager.console;

/** What a viewer of a console gets. */
public sealed interface ConsoleOutput {
    /** The next bytes; not to be changed. */
    record Bytes(byte[] data) implements ConsoleOutput {}

    /**
     * The viewer fell behind, and these bytes are gone.
     *
     * @param from offset of the first lost byte
     * @param to offset of the first that comes again
     */
    record Missed(long from, long to) implements ConsoleOutput {}

    /** Another viewer types now; this one goes on viewing. */
    record WriterChanged(String writer) implements ConsoleOutput {}

    /** Everything that was asked for has come. */
    record End() implements ConsoleOutput {}
}
