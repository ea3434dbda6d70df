package io.bulkhead.harness.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One connection to the API that costs little beside what is measured. For one thread. */
final class ApiConnection implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("content-length: (\\d+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern HAPPENED = Pattern.compile("at (\\d+) it happened");

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(256 << 10);

    ApiConnection(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    void send(String path) throws IOException {
        ByteBuffer request = StandardCharsets.US_ASCII.encode("GET " + path + " HTTP/1.1\r\nHost: b\r\n\r\n");
        while (request.hasRemaining()) {
            channel.write(request);
        }
    }

    /** Asks and reads the whole answer, which must be a good one of known length. */
    void ask(String path) throws IOException {
        send(path);
        in.clear();
        fill();
        String seen = text();
        int end = seen.indexOf("\r\n\r\n");
        Matcher length = LENGTH.matcher(seen);
        if (!seen.startsWith("HTTP/1.1 200") || end < 0 || !length.find()) {
            throw new IOException("no good answer: " + seen);
        }
        long left = end + 4L + Long.parseLong(length.group(1)) - in.position();
        while (left > 0) {
            in.clear();
            left -= fill();
        }
    }

    /** Reads until a text has come; false where it has not in time. Nothing is kept between two reads. */
    boolean readUntil(String text, long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        StringBuilder tail = new StringBuilder();
        while (System.nanoTime() < end) {
            in.clear();
            fill();
            tail.append(text());
            if (tail.indexOf(text) >= 0) {
                return true;
            }
            tail.delete(0, Math.max(0, tail.length() - text.length()));
        }
        return false;
    }

    /** Reads so many events, and says how long ago each had happened. */
    List<Long> delays(int events) throws IOException {
        List<Long> delays = new ArrayList<>();
        StringBuilder tail = new StringBuilder();
        while (delays.size() < events) {
            in.clear();
            fill();
            long now = System.nanoTime();
            tail.append(text());
            if (tail.indexOf("event: fell-off") >= 0) {
                throw new IOException("it was too slow and lost events");
            }
            Matcher match = HAPPENED.matcher(tail);
            int end = 0;
            while (match.find()) {
                delays.add(now - Long.parseLong(match.group(1)));
                end = match.end();
            }
            tail.delete(0, end);
        }
        return delays;
    }

    private String text() {
        return new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
    }

    private int fill() throws IOException {
        int count = channel.read(in);
        if (count < 0) {
            throw new EOFException("the control plane closed the connection");
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
