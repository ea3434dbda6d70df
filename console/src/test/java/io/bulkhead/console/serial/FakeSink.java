package io.bulkhead.console.serial;

import io.bulkhead.console.protocol.ServerMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A transport that keeps what it is given, and keeps the books: each piece must begin where the one before ended. */
final class FakeSink implements ViewerSink {
    private final List<ServerMessage> messages = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private long begin = -1;
    private long position = -1;
    private long delivered;
    private long skipped;
    private boolean writable = true;
    private boolean closed;

    void writable(boolean now) {
        writable = now;
    }

    @Override
    public void send(ServerMessage message) {
        messages.add(message);
        if (message instanceof ServerMessage.Opened opened) {
            begin = opened.offset();
            position = opened.offset();
        } else if (message instanceof ServerMessage.Output output) {
            follow(output.offset(), output.bytes(), output.bytes().remaining());
        } else if (message instanceof ServerMessage.History history) {
            follow(history.offset(), history.bytes(), history.length());
        } else if (message instanceof ServerMessage.Modes modes) {
            append(modes.bytes());
        } else if (message instanceof ServerMessage.Gap gap) {
            if (gap.from() != position) {
                throw new AssertionError(gap + " at " + position);
            }
            skipped += gap.to() - gap.from();
            position = gap.to();
            text.append("<gap>");
        }
    }

    private void follow(long offset, ByteBuffer bytes, int length) {
        if (offset != position) {
            throw new AssertionError("output at " + offset + " follows " + position);
        }
        append(bytes);
        position += length;
        delivered += length;
    }

    private void append(ByteBuffer bytes) {
        text.append(StandardCharsets.ISO_8859_1.decode(bytes.duplicate()));
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    long position() {
        return position;
    }

    long delivered() {
        return delivered;
    }

    long skipped() {
        return skipped;
    }

    boolean balances() {
        return delivered + skipped == position - begin;
    }

    String text() {
        return text.toString();
    }

    List<ServerMessage> messages() {
        return messages;
    }

    <T extends ServerMessage> List<T> all(Class<T> type) {
        return messages.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends ServerMessage> Optional<T> last(Class<T> type) {
        List<T> all = all(type);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }
}
