package io.bulkhead.console.serial.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/**
 * Those who have not shown a key yet: so many at once and no more, and fewer of one address, so that nobody keeps the others
 * out. A connection beyond that is closed before anything is computed for it. For MINA's threads.
 */
final class Strangers implements IoServiceEventListener, SessionListener {
    static final int MOST = 64;
    static final int MOST_OF_ONE_ADDRESS = 16;

    private final Map<Session, String> strangers = new HashMap<>();

    /** Without its port. */
    static String address(SocketAddress whole) {
        return whole instanceof InetSocketAddress internet && internet.getAddress() != null
                ? internet.getAddress().getHostAddress()
                : "unknown";
    }

    @Override
    public synchronized void connectionAccepted(
            IoAcceptor acceptor, SocketAddress local, SocketAddress remote, SocketAddress service) throws IOException {
        String address = address(remote);
        long same = strangers.values().stream()
                .filter(other -> Objects.equals(other, address))
                .count();
        if (strangers.size() >= MOST || same >= MOST_OF_ONE_ADDRESS) {
            throw new IOException("too many connections have shown no key yet");
        }
    }

    @Override
    public synchronized void sessionCreated(Session session) {
        strangers.put(session, address(session.getRemoteAddress()));
    }

    @Override
    public synchronized void sessionEvent(Session session, Event event) {
        if (event == Event.Authenticated) {
            strangers.remove(session);
        }
    }

    @Override
    public synchronized void sessionClosed(Session session) {
        strangers.remove(session);
    }
}
