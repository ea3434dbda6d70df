package io.bulkhead.console.serial.ssh;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.Role;
import io.bulkhead.broker.access.SshKey;
import io.bulkhead.broker.access.SshKeyStore;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.console.serial.AttachTimes;
import io.bulkhead.console.serial.ConsoleService;
import io.bulkhead.console.serial.ServiceThread;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.RequestHandler.Result;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SSH server: who comes in by which key, and what they get. No shell of the host, no forwarding, no files. */
public final class SshDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SshDoor.class);

    /** How often a client is asked whether it is there. */
    public static final Duration HEARTBEAT = Duration.ofSeconds(20);

    private static final int MOST_CHANNELS = 16;
    private static final Duration LOGIN = Duration.ofSeconds(30);

    private final SshServer server = SshServer.setUpDefaultServer();
    private final PacketThread packets = new PacketThread();
    private final Strangers strangers = new Strangers();
    private final Parts parts;
    private final Serving serving;
    private final Heartbeat heartbeat;
    private final KeyGate gate;

    /**
     * What a server is made of.
     *
     * @param keys of those who may come
     * @param service whose consoles are served
     * @param thread that the service lives on
     * @param audit where it is written down who came
     * @param escapeKey the code of the key beside the tilde that begins commands of the console's own
     * @param cliOptions by which a verb finds this control plane
     * @param heartbeat how often a client is asked whether it is there; gone is who leaves three questions unanswered
     */
    public record Parts(
            SshKeyStore keys,
            ConsoleService service,
            ServiceThread thread,
            SshAudit audit,
            Optional<Integer> escapeKey,
            List<String> cliOptions,
            Duration heartbeat) {
        public Parts {
            cliOptions = List.copyOf(cliOptions);
        }
    }

    private SshDoor(Parts parts) {
        this.parts = parts;
        this.serving = new Serving(parts.service(), parts.thread(), packets, parts.escapeKey());
        this.gate = new KeyGate(parts.keys(), parts.audit());
        this.heartbeat = new Heartbeat(parts.thread(), packets, server::getActiveSessions, parts.heartbeat());
    }

    /**
     * Listens.
     *
     * @param host an address
     * @param port 0 for any that is free
     * @param hostKey the file of the server's key, made where it is missing
     */
    public static SshDoor open(String host, int port, Path hostKey, Parts parts) {
        SshDoor door = new SshDoor(parts);
        KeyPair own = HostKey.in(hostKey);
        door.setUp(host, port, own);
        try {
            door.server.start();
        } catch (IOException e) {
            throw Refusal.of(
                    ProblemCode.FAILED, "cannot listen on " + host + ":" + port + " for SSH: " + e.getMessage());
        }
        door.heartbeat.start();
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
        server.setUserAuthFactories(List.of(gate.proofs()));
        server.setPublickeyAuthenticator(gate);
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        server.setSubsystemFactories(List.of());
        server.setChannelFactories(List.of(new Sessions()));
        server.setShellFactory(this::shell);
        server.setCommandFactory(this::command);
        server.addSessionListener(strangers);
        server.addSessionListener(gate);
        CoreModuleProperties.AUTH_TIMEOUT.set(server, LOGIN);
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.WINDOW_SIZE.set(server, 64L << 10);
        CoreModuleProperties.SOCKET_SNDBUF.set(server, 64 << 10);
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, 10);
        CoreModuleProperties.MAX_CONCURRENT_CHANNELS.set(server, MOST_CHANNELS);
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "bulkhead");
        parts.keys().onRemoved(this::sendAway);
    }

    /** The port that is listened on. */
    public int port() {
        return server.getPort();
    }

    // ---- who comes

    private void note(Caller caller, String verb, Optional<String> subject, Optional<ProblemCode> problem) {
        parts.audit().note(caller, verb, subject, problem);
    }

    private void sendAway(SshKey key) {
        server.getActiveSessions().stream()
                .filter(session -> key.equals(KeyGate.keyOf(session).orElse(null)))
                .forEach(session -> session.close(true));
    }

    private static SshKey key(ChannelSession channel) {
        return KeyGate.keyOf(channel.getServerSession())
                .orElseThrow(() -> new IllegalStateException("a channel of somebody without a key"));
    }

    private static Caller caller(ChannelSession channel) {
        return key(channel).caller(KeyGate.place(channel.getServerSession()));
    }

    /** How long somebody may stay: by its key, or else by the settings. */
    private AttachTimes times(ChannelSession channel, Caller caller) {
        SshKey key = key(channel);
        return parts.service().times(caller).orOwn(key.idleSeconds(), key.longestSeconds());
    }

    // ---- what they get

    private Command shell(ChannelSession channel) {
        Caller caller = caller(channel);
        String name = channel.getServerSession().getUsername();
        return new ConsoleCommand(serving, name, Wish.WRITE, caller, times(channel, caller));
    }

    private Command command(ChannelSession channel, String text) {
        Caller caller = caller(channel);
        AttachTimes times = times(channel, caller);
        VerbLine line;
        try {
            line = VerbLine.parse(text);
        } catch (Refusal e) {
            note(caller, "ssh", Optional.empty(), Optional.of(e.problem().code()));
            return verb(times, () -> {
                throw new Refusal(e.problem(), e);
            });
        }
        if (line.verb().equals("console")) {
            String name = line.console().orElseThrow();
            return new ConsoleCommand(serving, name, line.wish(), caller, times);
        }
        return verb(times, () -> arguments(line, caller));
    }

    private Command verb(AttachTimes times, Supplier<String[]> words) {
        return new VerbCommand(words, parts.thread(), times.longestMillis());
    }

    /** The words to run, for who may; written down either way. */
    private String[] arguments(VerbLine line, Caller caller) {
        boolean may = line.console().map(name -> mayRead(name, caller)).orElse(caller.mayDo(Role.VIEWER));
        note(
                caller,
                "ssh-" + line.verb(),
                line.console(),
                may ? Optional.empty() : Optional.of(ProblemCode.NOT_PERMITTED));
        if (!may) {
            throw Refusal.of(ProblemCode.NOT_PERMITTED, caller.name() + " may not ask this");
        }
        List<String> words = new ArrayList<>(parts.cliOptions());
        words.addAll(line.words());
        return words.toArray(String[]::new);
    }

    private boolean mayRead(String name, Caller caller) {
        try {
            return parts.service().mayRead(PartitionName.parse(name), caller);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Problem.of(ProblemCode.NOT_FOUND, "there is no partition of that name"), e);
        }
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
        protected Result handleBreakParsed(long length) {
            if (commandInstance instanceof ConsoleCommand console) {
                console.sendBreak();
                return Result.ReplySuccess;
            }
            return Result.ReplyFailure;
        }
    }

    @Override
    public void close() {
        heartbeat.close();
        try {
            server.stop(true);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("The SSH server did not stop well");
        }
        packets.close();
    }
}
