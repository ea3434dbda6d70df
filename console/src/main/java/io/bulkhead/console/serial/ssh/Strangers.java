package io.bulkhead.console.serial.ssh;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/**
 * Those who have not shown a key yet: so many at once and no more, and fewer of one address, so that nobody keeps the others
 * out. A connection beyond that is closed before anything is computed for it. For MINA's threads.
 */
final class Strangers implements SessionListener {
    static final int MOST = 64;
    static final int MOST_OF_ONE_ADDRESS = 16;

    private final Map<Session, String> addresses = new HashMap<>();

    /** An address without its port. */
    static String address(SocketAddress whole) {
        return whole instanceof InetSocketAddress internet && internet.getAddress() != null
                ? internet.getAddress().getHostAddress()
                : "unknown";
    }

    @Override
    public void sessionCreated(Session session) {
        if (!admits(session)) {
            // In MINA's listener of connections this would be too early: what it refuses there stays open.
            session.close(true);
        }
    }

    private synchronized boolean admits(Session session) {
        String address = address(session.getRemoteAddress());
        long same = addresses.values().stream().filter(address::equals).count();
        if (addresses.size() >= MOST || same >= MOST_OF_ONE_ADDRESS) {
            return false;
        }
        addresses.put(session, address);
        return true;
    }

    @Override
    public synchronized void sessionEvent(Session session, Event event) {
        if (event == Event.Authenticated) {
            addresses.remove(session);
        }
    }

    @Override
    public synchronized void sessionClosed(Session session) {
        addresses.remove(session);
    }
}
