package io.bulkhead.console.client;

import java.io.IOException;
import java.io.InputStream;

/**
 * The body of an answer that comes in pieces, as they come; closing it closes the connection. A body that ends before its end
 * throws {@link java.io.EOFException}. For one thread.
 */
public final class BodyStream extends InputStream {
    private final HttpExchange exchange;
    private final HttpExchange.Piece body;

    BodyStream(HttpExchange exchange, HttpExchange.Piece body) {
        this.exchange = exchange;
        this.body = body;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /** Waits for something, and answers what there is. */
    @Override
    public int read(byte[] into, int start, int length) throws IOException {
        return length == 0 ? 0 : body.read(into, start, length);
    }

    @Override
    public void close() throws IOException {
        exchange.close();
    }
}
