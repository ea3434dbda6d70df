package io.bulkhead.console.client;

import io.bulkhead.contract.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One HTTP/1.1 request and its answer on a connected channel, which it owns until {@link #intoStream}; RFC 9112, as much of
 * it as our own server uses.
 */
final class HttpExchange implements AutoCloseable {
    private static final int MAX_HEAD_BYTES = 64 << 10;
    private static final int MAX_BODY_BYTES = 64 << 20;

    /**
     * Status line and headers.
     *
     * @param status of the answer
     * @param headers by lower-case name
     */
    record Head(int status, Map<String, String> headers) {}

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(16 << 10).flip();

    HttpExchange(SocketChannel channel) {
        this.channel = channel;
    }

    void send(String method, String path, Map<String, String> headers, byte[] body) throws IOException {
        StringBuilder head =
                new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: bulkhead\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (body.length > 0 || method.equals("POST") || method.equals("PUT")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        head.append("\r\n");
        ByteBuffer[] request = {
            ByteBuffer.wrap(head.toString().getBytes(StandardCharsets.US_ASCII)), ByteBuffer.wrap(body)
        };
        while (request[0].hasRemaining() || request[1].hasRemaining()) {
            channel.write(request);
        }
    }

    Head readHead() throws IOException {
        String[] status = line().split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/1.") || !status[1].matches("\\d{3}")) {
            throw new WireException("the answer is not HTTP");
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new WireException("the answer has the broken header '" + line + "'");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Head(Integer.parseInt(status[1]), headers);
    }

    byte[] readBody(Head head) throws IOException {
        if (head.status() == 204 || head.status() == 304) {
            return new byte[0];
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String length = head.headers().get("content-length");
        if (length != null) {
            copy(body, Long.parseLong(length));
        } else if ("chunked".equalsIgnoreCase(head.headers().get("transfer-encoding"))) {
            for (long chunk = chunkSize(); chunk > 0; chunk = chunkSize()) {
                copy(body, chunk);
                line();
            }
        } else {
            while (in.hasRemaining() || fill()) {
                copy(body, in.remaining());
            }
        }
        return body.toByteArray();
    }

    /** Hands the channel, and what has been read beyond the answer's head, on to the protocol that it was upgraded to. */
    FrameStream intoStream() {
        return new FrameStream(channel, in);
    }

    /** The same for the console protocol. */
    ConsoleConnection intoConsole() {
        return new ConsoleConnection(channel, in);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** A body that is read piece by piece. */
    interface Piece {
        /** Reads 1 byte to so many; -1 at the end. */
        int read(byte[] into, int start, int length) throws IOException;
    }

    /** The body as it comes; one that is not chunked ends with the connection, or with what its length says. */
    Piece openBody(Head head) {
        boolean isChunked = "chunked".equalsIgnoreCase(head.headers().get("transfer-encoding"));
        String said = head.headers().get("content-length");
        long[] left = {isChunked ? 0 : said == null ? Long.MAX_VALUE : Long.parseLong(said)};
        boolean[] ended = {false};
        return (into, start, length) -> {
            if (isChunked && left[0] == 0 && !ended[0]) {
                left[0] = chunkSize();
                ended[0] = left[0] == 0;
            }
            if (left[0] == 0) {
                return -1;
            }
            if (!in.hasRemaining() && !fill()) {
                if (said == null && !isChunked) {
                    return -1;
                }
                throw new EOFException("the answer was cut");
            }
            int count = (int) Math.min(Math.min(left[0], in.remaining()), length);
            in.get(into, start, count);
            left[0] -= count;
            if (isChunked && left[0] == 0) {
                line();
            }
            return count;
        };
    }

    private long chunkSize() throws IOException {
        String line = line();
        int extension = line.indexOf(';');
        return Long.parseLong((extension < 0 ? line : line.substring(0, extension)).strip(), 16);
    }

    private void copy(ByteArrayOutputStream to, long count) throws IOException {
        if (to.size() + count > MAX_BODY_BYTES) {
            throw new WireException("the answer is larger than " + MAX_BODY_BYTES + " bytes");
        }
        long left = count;
        while (left > 0) {
            int piece = (int) Math.min(left, in.remaining());
            to.write(in.array(), in.position(), piece);
            in.position(in.position() + piece);
            left -= piece;
            if (left > 0 && !fill()) {
                throw new EOFException("the answer was cut");
            }
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < MAX_HEAD_BYTES) {
            if (!in.hasRemaining() && !fill()) {
                throw new EOFException("the connection was closed without an answer");
            }
            char c = (char) (in.get() & 0xFF);
            if (c == '\n') {
                return line.toString();
            } else if (c != '\r') {
                line.append(c);
            }
        }
        throw new WireException("the answer has a line that is too long");
    }

    private boolean fill() throws IOException {
        in.clear();
        int count = channel.read(in);
        in.flip();
        return count > 0;
    }
}
