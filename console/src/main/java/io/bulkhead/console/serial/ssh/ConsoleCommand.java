package io.bulkhead.console.serial.ssh;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.console.serial.AttachTimes;
import io.bulkhead.console.serial.ServiceThread;
import io.bulkhead.console.serial.Viewer;
import io.bulkhead.console.serial.ViewerSink;
import io.bulkhead.console.terminal.KeyInterpreter;
import io.bulkhead.console.terminal.Notices;
import io.bulkhead.console.terminal.QueryFilter;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.sshd.common.io.IoInputStream;
import org.apache.sshd.common.io.IoOutputStream;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelDataReceiver;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.AsyncCommand;
import org.jspecify.annotations.Nullable;

/** One viewer by SSH. All but what MINA calls lives on the service's thread. */
final class ConsoleCommand implements AsyncCommand, ViewerSink, ScreenWriter.Listener {
    private static final long QUIET_MILLIS = 1_000;
    private static final long GOODBYE_MILLIS = 5_000;
    private static final long HISTORY_BYTES = 16 << 10;

    private final Serving serving;
    private final ServiceThread thread;
    private final String name;
    private final Wish wish;
    private final Caller caller;
    private final AttachTimes times;
    private final KeyInterpreter keys;
    private final QueryFilter screen = new QueryFilter();
    private final TypedBytes typed = new TypedBytes();
    private @Nullable IoOutputStream out;
    private @Nullable ExitCallback exit;
    private @Nullable ChannelSession channel;
    private Optional<ScreenWriter> writer = Optional.empty();
    private Optional<Viewer> viewer = Optional.empty();
    private ServerMessage.Role role = ServerMessage.Role.VIEWS;
    private int creditOwed;
    private boolean terminal;
    private boolean ended;
    private boolean exited;
    private boolean toldToWatch;
    private int status;

    /**
     * @param name whose console; where there is none of that name, the client is shown what there is
     * @param wish where it is to write but may not, it views
     * @param times how long it may stay
     */
    ConsoleCommand(Serving serving, String name, Wish wish, Caller caller, AttachTimes times) {
        this.serving = serving;
        this.thread = serving.thread();
        this.name = name;
        this.wish = wish;
        this.caller = caller;
        this.times = times;
        this.keys = new KeyInterpreter(serving.escapeKey());
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
    public void setInputStream(InputStream stream) {
        // As above.
    }

    @Override
    public void setOutputStream(OutputStream stream) {
        // As above.
    }

    @Override
    public void setErrorStream(OutputStream stream) {
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
        IoOutputStream stream = out;
        if (stream == null) {
            throw new IllegalStateException("a console without a stream");
        }
        ScreenWriter made = new ScreenWriter(stream, thread, serving.packets(), this);
        Optional<WindowSize> size = size(environment);
        boolean hasTerminal = environment.getEnv().containsKey(Environment.ENV_TERM);
        environment.addSignalListener(
                (changed, signal) ->
                        size(environment).ifPresent(now -> thread.execute(() -> say(new ClientMessage.Resize(now)))),
                Signal.WINCH);
        thread.execute(() -> {
            writer = Optional.of(made);
            terminal = hasTerminal;
            attach(size);
        });
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
            thread.execute(ConsoleCommand.this::noMoreInput);
        }
    }

    @Override
    public void destroy(ChannelSession session) {
        thread.execute(this::broken);
    }

    /** RFC 4335. */
    void sendBreak() {
        thread.execute(() -> say(new ClientMessage.Break()));
    }

    // ---- on the service's thread

    private void attach(Optional<WindowSize> size) {
        ClientMessage.Hello hello = ClientMessage.Hello.view(
                        "", Start.bytes(HISTORY_BYTES), terminal ? LagPolicy.INTERACTIVE : LagPolicy.COMPLETE)
                .wishing(wish)
                .raw(!terminal)
                .crediting(Viewer.INTERACTIVE_CREDIT)
                .sized(size);
        try {
            viewer = Optional.of(attachOrView(console(), hello));
        } catch (Refusal e) {
            status = e.problem().code().exitCode();
            String lobby = e.problem().code() == ProblemCode.NOT_FOUND
                    ? "\n" + Lobby.text(serving.service().reports(caller))
                    : "";
            print("bulkhead: " + e.problem().detail() + "\n" + lobby);
            close();
        }
    }

    private PartitionName console() {
        try {
            return PartitionName.parse(name);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Problem.of(ProblemCode.NOT_FOUND, "there is no partition of that name"), e);
        }
    }

    private Viewer attachOrView(PartitionName console, ClientMessage.Hello hello) {
        try {
            return serving.service().attach(console, caller, hello, this, times);
        } catch (Refusal e) {
            if (e.problem().code() != ProblemCode.NOT_PERMITTED || wish != Wish.WRITE) {
                throw e;
            }
            return serving.service().attach(console, caller, hello.wishing(Wish.VIEW), this, times);
        }
    }

    private void say(ClientMessage message) {
        viewer.ifPresent(each -> each.receive(message));
    }

    // ---- typing

    private void typed(byte[] piece) {
        typed.came(piece.length);
        if (terminal) {
            keys.feed(piece).forEach(this::act);
        } else {
            typed.add(piece);
        }
        typeOn();
    }

    private void noMoreInput() {
        if (terminal && typed.waiting() == 0) {
            leave();
            return;
        }
        thread.after(QUIET_MILLIS, () -> {
            if (typed.waiting() > 0 && !ended) {
                noMoreInput();
            } else {
                leave();
            }
        });
    }

    private void act(KeyInterpreter.Action action) {
        if (action instanceof KeyInterpreter.Type type) {
            typed.add(type.bytes());
            tellToWatch();
            return;
        }
        // What came before a key of the console's own is typed before it.
        typeOn();
        if (action instanceof KeyInterpreter.Detach) {
            leave();
        } else if (action instanceof KeyInterpreter.Help) {
            notice(Notices.keys(serving.escapeKey()));
        } else {
            say(message(action));
        }
    }

    private static ClientMessage message(KeyInterpreter.Action action) {
        if (action instanceof KeyInterpreter.TakeOver) {
            return new ClientMessage.TakeOver("");
        } else if (action instanceof KeyInterpreter.Request) {
            return new ClientMessage.Request();
        } else if (action instanceof KeyInterpreter.Grant) {
            return new ClientMessage.Grant();
        } else if (action instanceof KeyInterpreter.Decline) {
            return new ClientMessage.Decline();
        } else if (action instanceof KeyInterpreter.ViewOnly) {
            return new ClientMessage.Release();
        }
        return new ClientMessage.Break();
    }

    /** Who types to no effect is told once, and again after the typing has changed hands. */
    private void tellToWatch() {
        if (role.kind() != ServerMessage.Role.Standing.WRITES && !toldToWatch) {
            toldToWatch = true;
            notice("you are watching; " + leader() + "r asks for the typing, " + leader() + "w takes it over");
        }
    }

    /** How a command of the console's own is begun by OpenSSH, which has the tilde for itself. */
    private String leader() {
        return serving.escapeKey().map(code -> Notices.control(code) + " ").orElse("~~");
    }

    private void typeOn() {
        for (Optional<ByteBuffer> next = typed.next(); next.isPresent(); next = typed.next()) {
            say(new ClientMessage.Input(next.get()));
        }
        int released = typed.release();
        ChannelSession session = channel;
        if (released > 0 && session != null) {
            serving.packets().execute(() -> session.getLocalWindow().release(released));
        }
    }

    // ---- what the service sends

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
            typed.credit(credit.bytes());
            thread.execute(this::typeOn);
        } else if (message instanceof ServerMessage.Opened opened) {
            role = opened.role();
            typed.credit(opened.inputCredit());
            notice(Notices.opened(name, role, opened.writer(), false) + "; " + leader() + ". "
                    + (serving.escapeKey().isPresent() ? "" : "at the start of a line ") + "leaves, " + leader()
                    + "? shows the keys");
        } else if (message instanceof ServerMessage.Ping ping) {
            answer(ping.number());
        } else {
            told(message);
        }
    }

    /** Whether the client is still there, its SSH says. */
    private void answer(long number) {
        ChannelSession session = channel;
        if (session != null) {
            serving.packets()
                    .execute(() -> Heartbeat.ask(
                            session.getSession(), () -> thread.execute(() -> say(new ClientMessage.Pong(number)))));
        }
    }

    private void told(ServerMessage message) {
        boolean worthTelling = true;
        if (message instanceof ServerMessage.WriterChanged changed) {
            role = changed.role();
            toldToWatch = false;
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
            print("\n[" + text.replace("\n", "\n ") + "]\n");
        }
    }

    private void print(String text) {
        put((terminal ? text.replace("\n", "\r\n") : text).getBytes(StandardCharsets.UTF_8));
    }

    private void put(byte[] bytes) {
        writer.ifPresent(each -> each.put(bytes));
    }

    @Override
    public void written() {
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

    @Override
    public void broken() {
        ended = true;
        viewer.ifPresent(each -> each.detach(""));
    }

    @Override
    public boolean writable() {
        return !ended && writer.filter(ScreenWriter::isIdle).isPresent();
    }

    // ---- the end

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
        if (writer.filter(ScreenWriter::isIdle).isPresent()) {
            exit();
        } else {
            thread.after(GOODBYE_MILLIS, this::cutOff);
        }
    }

    private void exit() {
        ExitCallback callback = exit;
        if (!exited && callback != null) {
            exited = true;
            int code = status;
            serving.packets().execute(() -> callback.onExit(code));
        }
    }

    /** A client that takes nothing is not waited for. */
    private void cutOff() {
        ChannelSession session = channel;
        if (!exited && session != null) {
            exited = true;
            serving.packets().execute(() -> session.close(true));
        }
    }
}
