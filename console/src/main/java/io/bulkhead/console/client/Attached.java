package io.bulkhead.console.client;

import io.bulkhead.console.protocol.ServerMessage;
import java.io.IOException;

/**
 * An attachment that was let in.
 *
 * @param connection to be closed by whoever asked for it
 * @param opened how it began
 */
public record Attached(ConsoleConnection connection, ServerMessage.Opened opened) implements AutoCloseable {
    @Override
    public void close() throws IOException {
        connection.close();
    }
}
