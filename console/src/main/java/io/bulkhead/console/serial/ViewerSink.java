package io.bulkhead.console.serial;

import io.bulkhead.console.protocol.ServerMessage;

/**
 * Where a viewer's messages go: implemented by each transport. All calls come on the service's thread, and must return at
 * once.
 */
public interface ViewerSink {
    /**
     * Sends a message. Output shares its bytes with the ring: they may be sent later, and never change. Before output, the
     * service asks {@link #writable}; few other messages come in any case.
     */
    void send(ServerMessage message);

    /** Whether the transport takes more now; where not, it calls {@link Viewer#writable} when it does again. */
    boolean writable();

    /** Ends the connection behind what was sent; the viewer is detached already. */
    void close();
}
