package io.bulkhead.console.serial.ssh;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.FailureLimiter;
import io.bulkhead.broker.access.Role;
import io.bulkhead.broker.access.SshKey;
import io.bulkhead.broker.access.SshKeyStore;
import io.bulkhead.console.serial.ConsoleService;
import io.bulkhead.console.serial.ServiceThread;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionHeartbeatController.HeartbeatType;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.session.ServerSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SSH server: who comes in by which key, and what they get. No shell of the host, no forwarding, no files. */
public final class SshDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SshDoor.class);
    private static final AttributeKey<SshKey> KEY = new AttributeKey<>();
    private static final int FAILURES_PER_MINUTE = 20;
    private static final Duration HEARTBEAT = Duration.ofSeconds(20);
    private static final Duration LOGIN = Duration.ofSeconds(30);

    private final SshServer server = SshServer.setUpDefaultServer();
    private final SshKeyStore keys;
    private final ConsoleService service;
    private final ServiceThread thread;
    private final List<String> cliOptions;
    private final FailureLimiter failures =
            new FailureLimiter(FAILURES_PER_MINUTE, () -> System.nanoTime() / 1_000_000);

    private SshDoor(SshKeyStore keys, ConsoleService service, ServiceThread thread, List<String> cliOptions) {
        this.keys = keys;
        this.service = service;
        this.thread = thread;
        this.cliOptions = List.copyOf(cliOptions);
    }

    /**
     * Listens.
     *
     * @param host an address
     * @param port 0 for any that is free
     * @param hostKey the file of the server's key, made where it is missing
     * @param keys of those who may come
     * @param cliOptions by which a verb finds this control plane
     */
    public static SshDoor open(
            String host,
            int port,
            Path hostKey,
            SshKeyStore keys,
            ConsoleService service,
            ServiceThread thread,
            List<String> cliOptions) {
        SshDoor door = new SshDoor(keys, service, thread, cliOptions);
        KeyPair own = HostKey.in(hostKey);
        door.setUp(host, port, own);
        try {
            door.server.start();
        } catch (IOException e) {
            throw Refusal.of(
                    ProblemCode.FAILED, "cannot listen on " + host + ":" + port + " for SSH: " + e.getMessage());
        }
        LOG.atInfo()
                .addKeyValue("address", host + ":" + door.port())
                .addKeyValue("hostKey", KeyUtils.getFingerPrint(own.getPublic()))
                .log("Consoles are served by SSH");
        return door;
    }

    private void setUp(String host, int port, KeyPair own) {
        server.setHost(host);
        server.setPort(port);
        server.setNioWorkers(2);
        server.setKeyPairProvider(KeyPairProvider.wrap(own));
        Algorithms.use(server);
        server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        server.setPublickeyAuthenticator(this::knows);
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        server.setSubsystemFactories(List.of());
        server.setChannelFactories(List.of(new Sessions()));
        server.setShellFactory(this::shell);
        server.setCommandFactory(this::command);
        server.setSessionHeartbeat(HeartbeatType.IGNORE, HEARTBEAT);
        CoreModuleProperties.AUTH_TIMEOUT.set(server, LOGIN);
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.WINDOW_SIZE.set(server, 64L << 10);
        CoreModuleProperties.SOCKET_SNDBUF.set(server, 64 << 10);
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, 10);
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "bulkhead");
        keys.onRemoved(this::sendAway);
    }

    /** The port that is listened on. */
    public int port() {
        return server.getPort();
    }

    private boolean knows(String user, PublicKey key, ServerSession session) {
        ByteArrayBuffer blob = new ByteArrayBuffer();
        blob.putRawPublicKey(key);
        return keys.find(blob.getCompactData())
                .map(known -> {
                    session.setAttribute(KEY, known);
                    return true;
                })
                .orElseGet(() -> {
                    refused(session);
                    return false;
                });
    }

    private void refused(ServerSession session) {
        long seconds = failures.failed(host(session));
        if (seconds > 0) {
            try {
                session.disconnect(
                        SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
                        "too many unknown keys came from this address; try again in " + seconds + " s");
            } catch (IOException e) {
                session.close(true);
            }
        }
    }

    private static String host(ServerSession session) {
        return session.getClientAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "unknown";
    }

    private void sendAway(SshKey key) {
        server.getActiveSessions().stream()
                .filter(session -> key.equals(session.getAttribute(KEY)))
                .forEach(session -> session.close(true));
    }

    private static Caller caller(ChannelSession channel) {
        ServerSession session = channel.getServerSession();
        SshKey key = session.getAttribute(KEY);
        if (key == null) {
            throw new IllegalStateException("a channel of somebody without a key");
        }
        return key.caller(session.getClientAddress().toString().replaceFirst("^/", ""));
    }

    private Command shell(ChannelSession channel) {
        String user = channel.getServerSession().getUsername();
        Caller caller = caller(channel);
        try {
            return new ConsoleCommand(service, thread, PartitionName.parse(user), caller);
        } catch (IllegalArgumentException e) {
            return new VerbCommand(() -> arguments("list", caller));
        }
    }

    private Command command(ChannelSession channel, String line) {
        Caller caller = caller(channel);
        return new VerbCommand(() -> arguments(line, caller));
    }

    private String[] arguments(String line, Caller caller) {
        VerbLine verb = VerbLine.parse(line);
        boolean may = verb.console()
                .map(name -> service.mayRead(PartitionName.parse(name), caller))
                .orElse(caller.mayDo(Role.VIEWER));
        if (!may) {
            throw Refusal.of(ProblemCode.NOT_PERMITTED, caller.name() + " may not ask this");
        }
        List<String> words = new ArrayList<>(cliOptions);
        words.addAll(verb.words());
        return words.toArray(String[]::new);
    }

    /** Channels of kind session only. */
    private static final class Sessions implements ChannelFactory {
        @Override
        public String getName() {
            return "session";
        }

        @Override
        public Channel createChannel(Session session) {
            return new Breaking();
        }
    }

    /** MINA makes an interrupt of a break. */
    private static final class Breaking extends ChannelSession {
        @Override
        protected org.apache.sshd.common.channel.RequestHandler.Result handleBreakParsed(long length) {
            if (commandInstance instanceof ConsoleCommand console) {
                console.sendBreak();
                return org.apache.sshd.common.channel.RequestHandler.Result.ReplySuccess;
            }
            return org.apache.sshd.common.channel.RequestHandler.Result.ReplyFailure;
        }
    }

    @Override
    public void close() {
        try {
            server.stop(true);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("The SSH server did not stop well");
        }
    }
}
