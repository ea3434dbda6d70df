package io.bulkhead.console.serial.ssh;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.console.serial.ConsoleService;
import io.bulkhead.console.serial.ServiceThread;
import io.bulkhead.console.serial.Viewer;
import io.bulkhead.console.serial.ViewerSink;
import io.bulkhead.console.terminal.KeyInterpreter;
import io.bulkhead.console.terminal.Notices;
import io.bulkhead.console.terminal.QueryFilter;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.IoInputStream;
import org.apache.sshd.common.io.IoOutputStream;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelDataReceiver;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.AsyncCommand;
import org.jspecify.annotations.Nullable;

/** One viewer by SSH. All but what MINA calls lives on the service's thread; one write is under way at a time. */
final class ConsoleCommand implements AsyncCommand, ViewerSink {
    private static final String HISTORY_HINT = "by OpenSSH ~~. at the start of a line leaves, ~~? shows the keys";
    private static final long QUIET_MILLIS = 1_000;
    private static final long HISTORY_BYTES = 16 << 10;

    private final ConsoleService service;
    private final ServiceThread thread;
    private final PartitionName name;
    private final Caller caller;
    private final KeyInterpreter keys = new KeyInterpreter();
    private final QueryFilter screen = new QueryFilter();
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private final Deque<byte[]> typed = new ArrayDeque<>();
    private @Nullable IoOutputStream out;
    private @Nullable ExitCallback exit;
    private @Nullable ChannelSession channel;
    private Optional<Viewer> viewer = Optional.empty();
    private ServerMessage.Role role = ServerMessage.Role.VIEWS;
    private int inputCredit;
    private int creditOwed;
    private boolean terminal;
    private boolean writing;
    private boolean ended;
    private boolean told;
    private int status;

    ConsoleCommand(ConsoleService service, ServiceThread thread, PartitionName name, Caller caller) {
        this.service = service;
        this.thread = thread;
        this.name = name;
        this.caller = caller;
    }

    // ---- what MINA calls, on its threads

    @Override
    public void setIoOutputStream(IoOutputStream stream) {
        out = stream;
    }

    @Override
    public void setIoInputStream(IoInputStream stream) {
        // Input comes by data(), so that SSH's window holds it up.
    }

    @Override
    public void setIoErrorStream(IoOutputStream stream) {
        // All is told in the stream: in raw mode there is one screen.
    }

    @Override
    public void setInputStream(java.io.InputStream stream) {
        // As above.
    }

    @Override
    public void setOutputStream(java.io.OutputStream stream) {
        // As above.
    }

    @Override
    public void setErrorStream(java.io.OutputStream stream) {
        // As above.
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        exit = callback;
    }

    @Override
    public void start(ChannelSession session, Environment environment) {
        channel = session;
        session.setDataReceiver(new Keys());
        Optional<WindowSize> size = size(environment);
        terminal = environment.getEnv().containsKey(Environment.ENV_TERM);
        environment.addSignalListener(
                (changed, signal) -> size(environment)
                        .ifPresent(now -> thread.execute(() -> say(new ClientMessage.Resize(now)))),
                Signal.WINCH);
        thread.execute(() -> attach(size));
    }

    private static Optional<WindowSize> size(Environment environment) {
        try {
            return Optional.of(new WindowSize(
                    Integer.parseInt(environment.getEnv().getOrDefault(Environment.ENV_COLUMNS, "")),
                    Integer.parseInt(environment.getEnv().getOrDefault(Environment.ENV_LINES, ""))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private final class Keys implements ChannelDataReceiver {
        @Override
        public int data(ChannelSession session, byte[] buffer, int start, int length) {
            byte[] piece = Arrays.copyOfRange(buffer, start, start + length);
            thread.execute(() -> typed(piece));
            return 0;
        }

        /** The end of input; without a terminal, what was typed has a second to show its effect. */
        @Override
        public void close() {
            thread.execute(() -> thread.after(terminal ? 0 : QUIET_MILLIS, ConsoleCommand.this::leave));
        }
    }

    @Override
    public void destroy(ChannelSession session) {
        thread.execute(() -> {
            ended = true;
            viewer.ifPresent(each -> each.detach(""));
        });
    }

    /** RFC 4335. */
    void sendBreak() {
        thread.execute(() -> say(new ClientMessage.Break()));
    }

    // ---- on the service's thread

    private void attach(Optional<WindowSize> size) {
        ClientMessage.Hello hello = ClientMessage.Hello.view(
                        "", Start.bytes(HISTORY_BYTES), terminal ? LagPolicy.INTERACTIVE : LagPolicy.COMPLETE)
                .wishing(Wish.WRITE)
                .raw(!terminal)
                .crediting(Viewer.INTERACTIVE_CREDIT)
                .sized(size);
        try {
            viewer = Optional.of(attachOrView(hello));
        } catch (Refusal e) {
            status = e.problem().code().exitCode();
            String hint = e.problem().code() == ProblemCode.NOT_FOUND ? "; 'ssh HOST list' shows what there is" : "";
            put(("bulkhead: " + e.problem().detail() + hint + "\r\n").getBytes(StandardCharsets.UTF_8));
            close();
        }
    }

    private Viewer attachOrView(ClientMessage.Hello hello) {
        try {
            return service.attach(name, caller, hello, this);
        } catch (Refusal e) {
            if (e.problem().code() != ProblemCode.NOT_PERMITTED) {
                throw e;
            }
            return service.attach(name, caller, hello.wishing(Wish.VIEW), this);
        }
    }

    private void say(ClientMessage message) {
        viewer.ifPresent(each -> each.receive(message));
    }

    private void typed(byte[] piece) {
        if (!terminal) {
            typed.add(piece);
        } else {
            keys.feed(piece).forEach(this::act);
        }
        typeOn();
        try {
            if (channel != null) {
                channel.getLocalWindow().release(piece.length);
            }
        } catch (IOException e) {
            leave();
        }
    }

    private void act(KeyInterpreter.Action action) {
        if (action instanceof KeyInterpreter.Type type) {
            typed.add(type.bytes());
            typeOn();
            if (role.kind() != ServerMessage.Role.Kind.WRITES && !told) {
                told = true;
                notice("you are watching; ~~r asks for the typing, ~~w takes it over");
            }
        } else if (action instanceof KeyInterpreter.Detach) {
            leave();
        } else if (action instanceof KeyInterpreter.Help) {
            notice(Notices.KEYS);
        } else if (action instanceof KeyInterpreter.TakeOver) {
            say(new ClientMessage.TakeOver(""));
        } else if (action instanceof KeyInterpreter.Request) {
            say(new ClientMessage.Request());
        } else if (action instanceof KeyInterpreter.Grant) {
            say(new ClientMessage.Grant());
        } else if (action instanceof KeyInterpreter.Decline) {
            say(new ClientMessage.Decline());
        } else if (action instanceof KeyInterpreter.ViewOnly) {
            say(new ClientMessage.Release());
        } else if (action instanceof KeyInterpreter.Break) {
            say(new ClientMessage.Break());
        }
    }

    private void typeOn() {
        while (!typed.isEmpty() && inputCredit > 0) {
            byte[] next = typed.remove();
            int count = Math.min(next.length, inputCredit);
            inputCredit -= count;
            if (count < next.length) {
                typed.addFirst(Arrays.copyOfRange(next, count, next.length));
            }
            say(new ClientMessage.Input(ByteBuffer.wrap(next, 0, count).slice()));
        }
    }

    @Override
    public void send(ServerMessage message) {
        if (message instanceof ServerMessage.Output output) {
            creditOwed += output.bytes().remaining();
            show(output.bytes());
        } else if (message instanceof ServerMessage.History history) {
            creditOwed += history.length();
            show(history.bytes());
        } else if (message instanceof ServerMessage.Modes modes) {
            show(modes.bytes());
        } else if (message instanceof ServerMessage.Credit credit) {
            inputCredit += credit.bytes();
            thread.execute(this::typeOn);
        } else if (message instanceof ServerMessage.Opened opened) {
            role = opened.role();
            inputCredit = opened.inputCredit();
            notice(Notices.opened(name.value(), role, opened.writer(), false) + (terminal ? "; " + HISTORY_HINT : ""));
        } else if (message instanceof ServerMessage.Ping ping) {
            ask(ping.number());
        } else {
            told(message);
        }
    }

    /** Whether the client is still there: any answer, a refusal too, says so. */
    private void ask(long number) {
        if (channel == null) {
            return;
        }
        try {
            Session session = channel.getSession();
            Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
            request.putString("keepalive@openssh.com");
            request.putBoolean(true);
            session.request(
                    request,
                    "keepalive@openssh.com",
                    (answer, rest) -> thread.execute(() -> say(new ClientMessage.Pong(number))));
        } catch (IOException e) {
            leave();
        }
    }

    private void told(ServerMessage message) {
        boolean worthTelling = true;
        if (message instanceof ServerMessage.WriterChanged changed) {
            role = changed.role();
            told = false;
            worthTelling = changed.cause() != ServerMessage.WriterChanged.Cause.QUEUE;
        } else if (message instanceof ServerMessage.End end) {
            notice(end.reason());
        }
        if (worthTelling) {
            Notices.of(message).ifPresent(this::notice);
        }
    }

    private void show(ByteBuffer bytes) {
        byte[] piece = new byte[bytes.remaining()];
        bytes.duplicate().get(piece);
        put(terminal ? screen.present(piece) : piece);
    }

    private void notice(String text) {
        if (terminal) {
            put(("\r\n[" + text.replace("\n", "\r\n ") + "]\r\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private void put(byte[] bytes) {
        waiting.writeBytes(bytes);
        write();
    }

    private void write() {
        if (writing || waiting.size() == 0 || out == null) {
            return;
        }
        writing = true;
        byte[] piece = waiting.toByteArray();
        waiting.reset();
        try {
            out.writeBuffer(new ByteArrayBuffer(piece)).addListener(done -> thread.execute(() -> written(done.isWritten())));
        } catch (IOException e) {
            ended = true;
            viewer.ifPresent(each -> each.detach(""));
        }
    }

    private void written(boolean well) {
        writing = false;
        if (!well) {
            viewer.ifPresent(each -> each.detach(""));
            return;
        }
        write();
        if (!writing) {
            if (ended) {
                exit();
                return;
            }
            int credit = creditOwed;
            creditOwed = 0;
            if (credit > 0) {
                say(new ClientMessage.Credit(credit));
            }
            viewer.ifPresent(Viewer::writable);
        }
    }

    @Override
    public boolean writable() {
        return !ended && !writing && waiting.size() == 0;
    }

    private void leave() {
        if (!ended) {
            viewer.ifPresent(each -> each.detach(""));
            notice("left the console of " + name);
            close();
        }
    }

    @Override
    public void close() {
        ended = true;
        put(terminal ? screen.reset() : new byte[0]);
        if (!writing) {
            exit();
        }
    }

    private void exit() {
        if (exit != null) {
            exit.onExit(status);
        }
    }
}
