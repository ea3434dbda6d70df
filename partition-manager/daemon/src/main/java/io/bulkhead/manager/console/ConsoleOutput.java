package io.bulkhead.manager.console;

import io.bulkhead.contract.order.StreamMessage;

/** What a viewer of a console gets. */
public sealed interface ConsoleOutput {
    /** The next bytes; not to be changed. */
    record Bytes(byte[] data) implements ConsoleOutput {}

    /**
     * These bytes are gone: the viewer fell behind or came too late, or nobody ever had them.
     *
     * @param from offset of the first lost byte
     * @param to offset of the first that comes again
     */
    record Missed(long from, long to) implements ConsoleOutput {}

    /** Something other than output has happened, before the next byte. */
    record Marked(StreamMessage.Mark mark) implements ConsoleOutput {}

    /** Another viewer types now; this one goes on viewing. */
    record WriterChanged(String writer) implements ConsoleOutput {}

    /** Everything that was asked for has come. */
    record End() implements ConsoleOutput {}
}
