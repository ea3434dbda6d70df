package io.bulkhead.console.serial.web;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.console.serial.ConsoleService;
import io.bulkhead.console.serial.ViewerSink;
import io.bulkhead.contract.partition.PartitionName;
import java.nio.ByteBuffer;

/** A {@link Conversation} for tests that stand in the room of the service. */
public final class Listening {
    private final Conversation conversation;

    public Listening(ConsoleService service, PartitionName name, Caller caller, ViewerSink sink) {
        conversation = new Conversation((hello, to) -> service.attach(name, caller, hello, to), sink);
    }

    /** One whole message came. */
    public void received(ByteBuffer message) {
        conversation.received(message);
    }

    /** The connection takes more again. */
    public void writable() {
        conversation.writable();
    }

    /** The connection is no more. */
    public void gone() {
        conversation.gone();
    }
}
