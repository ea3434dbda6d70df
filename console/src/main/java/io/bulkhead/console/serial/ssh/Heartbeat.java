package io.bulkhead.console.serial.ssh;

import io.bulkhead.console.serial.ServiceThread;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Asks every client whether it is still there, whatever it runs, and closes the session of one that does not answer: MINA's
 * own heartbeat of a server asks for no answer.
 */
final class Heartbeat implements AutoCloseable {
    /** After how many questions without an answer a client is gone. */
    static final int MOST_UNANSWERED = 3;

    private static final String QUESTION = "keepalive@openssh.com";
    private static final AttributeKey<AtomicInteger> UNANSWERED = new AttributeKey<>();

    private final ServiceThread thread;
    private final PacketThread packets;
    private final Supplier<? extends Collection<AbstractSession>> sessions;
    private final Duration interval;
    private volatile boolean closed;

    /** @param sessions that there are, asked on the packets' thread */
    Heartbeat(
            ServiceThread thread,
            PacketThread packets,
            Supplier<? extends Collection<AbstractSession>> sessions,
            Duration interval) {
        this.thread = thread;
        this.packets = packets;
        this.sessions = sessions;
        this.interval = interval;
    }

    void start() {
        thread.execute(this::later);
    }

    private void later() {
        thread.after(interval.toMillis(), () -> {
            if (!closed) {
                packets.execute(() -> sessions.get().stream()
                        .filter(AbstractSession::isAuthenticated)
                        .forEach(this::beat));
                later();
            }
        });
    }

    private void beat(Session session) {
        AtomicInteger unanswered = session.computeAttributeIfAbsent(UNANSWERED, key -> new AtomicInteger());
        if (unanswered.getAndIncrement() < MOST_UNANSWERED) {
            packets.execute(() -> ask(session, () -> unanswered.set(0)));
        } else {
            session.close(true);
        }
    }

    /** Asks; any answer, a refusal too, says that the client is there. On the packets' thread. */
    static void ask(Session session, Runnable answered) throws IOException {
        Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
        request.putString(QUESTION);
        request.putBoolean(true);
        session.request(request, QUESTION, (answer, rest) -> answered.run());
    }

    @Override
    public void close() {
        closed = true;
    }
}
