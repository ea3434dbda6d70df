package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.client.Attached;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * A viewer at a console that keeps the books: every byte and gap it is given must follow the one before. Attaches again at
 * its next offset when its connection breaks, as the command line does. Reads on a thread of its own.
 */
final class ConsoleViewer implements AutoCloseable {
    private static final int CREDIT = 256 << 10;
    private static final int MOST_KEPT = 64 << 20;

    private final ApiClient api;
    private final PartitionName name;
    private final ClientMessage.Hello hello;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final List<ServerMessage> said = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::view, "viewer");
    private volatile Optional<Attached> current = Optional.empty();
    private volatile long begin = -1;
    private volatile long position = -1;
    private volatile long delivered;
    private volatile long skipped;
    private volatile int attachments;
    private volatile boolean closed;
    private volatile Optional<Throwable> failure = Optional.empty();

    private ConsoleViewer(ApiClient api, String partition, ClientMessage.Hello hello) {
        this.api = api;
        this.name = new PartitionName(partition);
        this.hello = hello.raw(true).crediting(CREDIT);
    }

    /** Attaches, and reads from then on. */
    static ConsoleViewer attach(ApiClient api, String partition, ClientMessage.Hello hello) {
        ConsoleViewer viewer = new ConsoleViewer(api, partition, hello);
        viewer.attach(viewer.hello);
        viewer.thread.setDaemon(true);
        viewer.thread.start();
        return viewer;
    }

    private void attach(ClientMessage.Hello how) {
        Attached attached = api.attach(name, how);
        if (position < 0) {
            begin = attached.opened().offset();
        } else {
            assertThat(attached.opened().offset()).isEqualTo(position);
        }
        position = attached.opened().offset();
        said.add(attached.opened());
        synchronized (kept) {
            attachments++;
        }
        current = Optional.of(attached);
    }

    private void view() {
        try {
            while (!closed) {
                if (current.isEmpty()) {
                    attachAgain();
                }
                read(current.orElseThrow());
                current = Optional.empty();
            }
        } catch (RuntimeException | AssertionError e) {
            if (!closed) {
                failure = Optional.of(e);
            }
        }
    }

    private void attachAgain() {
        while (!closed && current.isEmpty()) {
            try {
                attach(hello.from(Start.at(position)));
            } catch (Refusal e) {
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    private void read(Attached attached) {
        try {
            for (Optional<ServerMessage> next = attached.connection().receive();
                    next.isPresent();
                    next = attached.connection().receive()) {
                take(attached, next.get());
            }
        } catch (IOException e) {
            // Broken: it is attached again.
            return;
        }
    }

    private void take(Attached attached, ServerMessage message) throws IOException {
        if (message instanceof ServerMessage.Output output) {
            assertThat(output.offset()).isEqualTo(position);
            int length = output.bytes().remaining();
            byte[] bytes = new byte[length];
            output.bytes().get(bytes);
            synchronized (kept) {
                if (kept.size() < MOST_KEPT) {
                    kept.writeBytes(bytes);
                }
                delivered += length;
                position += length;
            }
            attached.connection().send(new ClientMessage.Credit(length));
        } else if (message instanceof ServerMessage.Gap gap) {
            assertThat(gap.from()).isEqualTo(position);
            synchronized (kept) {
                skipped += gap.to() - gap.from();
                position = gap.to();
            }
            said.add(gap);
        } else {
            said.add(message);
        }
    }

    void type(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        current.orElseThrow().connection().send(new ClientMessage.Input(ByteBuffer.wrap(bytes)));
    }

    void say(ClientMessage message) throws IOException {
        current.orElseThrow().connection().send(message);
    }

    String text() {
        synchronized (kept) {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }

    byte[] bytes() {
        synchronized (kept) {
            return kept.toByteArray();
        }
    }

    List<ServerMessage> said() {
        return said;
    }

    /** The last role that it was told of. */
    ServerMessage.Role role() {
        ServerMessage.Role role = ServerMessage.Role.VIEWS;
        for (ServerMessage each : said) {
            if (each instanceof ServerMessage.Opened opened) {
                role = opened.role();
            } else if (each instanceof ServerMessage.WriterChanged changed) {
                role = changed.role();
            }
        }
        return role;
    }

    long position() {
        return position;
    }

    long skipped() {
        return skipped;
    }

    int attachments() {
        return attachments;
    }

    /** That its books balance. */
    void check() {
        assertThat(failure).isEmpty();
        synchronized (kept) {
            assertThat(delivered + skipped).isEqualTo(position - begin);
        }
    }

    void awaitText(String wanted) {
        await().atMost(Patience.seconds(20)).until(() -> text().contains(wanted) || failure.isPresent());
        check();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        if (current.isPresent()) {
            current.get().close();
        }
    }
}
