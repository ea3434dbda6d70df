package io.bulkhead.manager.server;

import io.bulkhead.contract.order.Greeting;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.manager.sys.Syscalls;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The manager's Unix socket: owned by root and the control plane's group, mode 0660. Each connection has a thread of its
 * own; beyond 512 of them a connection is refused in so many words.
 */
public final class ManagerServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ManagerServer.class);
    /** The console service has one for each partition, which is some four hundred. */
    private static final int MAX_CONNECTIONS = 512;

    private static final Duration REFUSAL_DEADLINE = Duration.ofMillis(100);
    /** Where accept(2) cannot succeed, for want of descriptors say, it is not asked in a tight circle. */
    private static final long ACCEPT_PAUSE_MILLIS = 100;

    private final ServerSocketChannel listener;
    private final Path socket;
    private final PeerRule peers;
    private final Desk desk;
    private final Greeting greeting;
    private final Syscalls calls;
    private final Duration frameDeadline;
    private final Set<FrameChannel> connections = ConcurrentHashMap.newKeySet();

    private ManagerServer(
            ServerSocketChannel listener,
            Path socket,
            PeerRule peers,
            Desk desk,
            Greeting greeting,
            Syscalls calls,
            Duration frameDeadline) {
        this.listener = listener;
        this.socket = socket;
        this.peers = peers;
        this.desk = desk;
        this.greeting = greeting;
        this.calls = calls;
        this.frameDeadline = frameDeadline;
    }

    /**
     * What to listen on, and for whom.
     *
     * @param socket the path; that of a dead manager is replaced
     * @param group the group that may connect beside root, if there is one
     * @param peers who may give orders
     * @param frameDeadline how long a frame may take from its first byte to its last
     */
    public record Door(Path socket, OptionalLong group, PeerRule peers, Duration frameDeadline) {}

    /**
     * Opens the socket and serves until closed.
     *
     * @throws IOException if somebody living listens there already, or the socket cannot be made
     */
    public static ManagerServer open(Door door, Desk desk, Greeting greeting, Syscalls calls) throws IOException {
        refuseIfAlive(door.socket());
        Path unready = door.socket().resolveSibling(door.socket().getFileName() + ".new");
        Files.deleteIfExists(unready);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(unready));
            setOwner(unready, door.group());
            // Renamed when it is complete: nobody finds it half-open, and a dead manager's goes in the same instant.
            Files.move(unready, door.socket(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            listener.close();
            Files.deleteIfExists(unready);
            throw e;
        }
        ManagerServer server =
                new ManagerServer(listener, door.socket(), door.peers(), desk, greeting, calls, door.frameDeadline());
        Thread acceptor = new Thread(server::acceptAll, "accept");
        acceptor.setDaemon(true);
        acceptor.start();
        return server;
    }

    private static void refuseIfAlive(Path socket) throws IOException {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            LOG.atInfo().addKeyValue("socket", socket).log("Replacing the socket of a manager that is gone");
            return;
        }
        throw new FileSystemException(socket.toString(), null, "another manager listens here; stop that one first");
    }

    private static void setOwner(Path socket, OptionalLong group) throws IOException {
        if (group.isPresent()) {
            Files.setAttribute(socket, "unix:gid", (int) group.getAsLong(), LinkOption.NOFOLLOW_LINKS);
        }
        String mode = group.isPresent() ? "rw-rw----" : "rw-------";
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(mode));
    }

    private void acceptAll() {
        while (listener.isOpen()) {
            try {
                accept(listener.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException e) {
                LOG.atError().addKeyValue("socket", socket).setCause(e).log("A connection could not be taken");
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(ACCEPT_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept(SocketChannel accepted) throws IOException {
        FrameChannel channel;
        try {
            UnixDomainPrincipal peer = accepted.getOption(ExtendedSocketOptions.SO_PEERCRED);
            channel = new FrameChannel(accepted, frameDeadline);
            if (!peers.allows(peer)) {
                LOG.atWarn().addKeyValue("reason", peer.user().getName()).log("A peer was refused");
                refuse(channel, ProblemCode.NOT_PERMITTED, "only root and the control plane may give orders");
                return;
            }
        } catch (IOException | RuntimeException e) {
            accepted.close();
            throw e;
        }
        if (connections.size() >= MAX_CONNECTIONS) {
            refuse(channel, ProblemCode.UNREACHABLE, MAX_CONNECTIONS + " connections are open already");
            return;
        }
        connections.add(channel);
        Thread thread = new Thread(() -> serve(channel), "connection");
        thread.setDaemon(true);
        thread.start();
    }

    private void refuse(FrameChannel channel, ProblemCode code, String detail) {
        try (channel) {
            channel.write(Frame.greeting(greeting), REFUSAL_DEADLINE);
            channel.write(Frame.reply(new Reply.Refused(Problem.of(code, detail))), REFUSAL_DEADLINE);
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("reason", e).log("A refused peer did not wait for its refusal");
        }
    }

    private void serve(FrameChannel channel) {
        try (channel) {
            new Session(channel, desk, greeting, calls).serve();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("reason", e).log("A connection broke");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("A connection failed unexpectedly");
        } finally {
            connections.remove(channel);
        }
    }

    /** Stops listening, removes the socket and closes every connection. */
    @Override
    public void close() throws IOException {
        listener.close();
        Files.deleteIfExists(socket);
        connections.forEach(FrameChannel::close);
    }
}
