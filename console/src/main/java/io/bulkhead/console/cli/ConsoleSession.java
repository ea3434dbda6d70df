package io.bulkhead.console.cli;

import io.bulkhead.console.client.Attached;
import io.bulkhead.console.client.ConsoleConnection;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.MessageCodec;
import io.bulkhead.console.protocol.ProtocolException;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.ServerMessage.Role;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.console.terminal.Notices;
import io.bulkhead.console.terminal.QueryFilter;
import io.bulkhead.console.terminal.Terminal;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One viewer at a console. The caller's thread shows what comes; that of {@link ConsoleKeys} reads what is typed.
 *
 * <p>When the connection breaks, it is made again and goes on at the next offset: nothing is shown twice or left out.
 */
final class ConsoleSession {
    /** Credit of output; a quarter of it is given back at a time. */
    private static final int VIEWING_CREDIT = 256 << 10;

    private static final int INTERACTIVE_CREDIT = 32 << 10;
    private static final long LEAST_WAIT_MILLIS = 50;
    private static final long MOST_WAIT_MILLIS = 1_000;

    /** How long a session that is no terminal's tries to attach again. */
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final Bulkhead bulkhead;
    private final Partitions partitions;
    private final PartitionName name;
    private final boolean interactive;
    private final boolean filtered;
    private final QueryFilter screen = new QueryFilter();
    private final InputCredit inputCredit = new InputCredit();
    private final ConsoleKeys keys;
    private ClientMessage.Hello hello;
    private boolean mayFallBack;

    private volatile Role role = Role.VIEWS;
    private volatile boolean asked;
    private volatile boolean left;
    private volatile Optional<ConsoleConnection> current = Optional.empty();
    private Optional<String> creation = Optional.empty();
    private long position;
    private boolean ended;
    private int consumed;

    /**
     * @param start where to begin
     * @param wish of the typing
     * @param reason for a take-over
     * @param mayFallBack whether to view where typing is not permitted
     */
    ConsoleSession(Bulkhead bulkhead, PartitionName name, Start start, Wish wish, String reason, boolean mayFallBack) {
        this.bulkhead = bulkhead;
        this.partitions = new Partitions(bulkhead.api());
        this.name = name;
        this.interactive = bulkhead.surroundings().inputIsTerminal();
        this.filtered = bulkhead.surroundings().outputIsTerminal();
        this.mayFallBack = mayFallBack;
        LagPolicy policy =
                !filtered ? LagPolicy.COMPLETE : wish == Wish.VIEW ? LagPolicy.FOLLOW : LagPolicy.INTERACTIVE;
        this.hello = ClientMessage.Hello.view(viewer(), start, policy)
                .wishing(wish)
                .because(reason)
                .raw(!filtered)
                .crediting(policy == LagPolicy.INTERACTIVE ? INTERACTIVE_CREDIT : VIEWING_CREDIT)
                .sized(interactive ? Terminal.size() : Optional.empty());
        this.keys = new ConsoleKeys(this, bulkhead.surroundings().in(), interactive);
    }

    private String viewer() {
        String user = bulkhead.surroundings().environment().getOrDefault("SUDO_USER", "");
        String plain = user.replaceAll("[^A-Za-z0-9._-]", "_");
        return plain.substring(0, Math.min(40, plain.length()));
    }

    /** Shows the console until it is left or ends; the answer is the exit code. */
    int run() throws IOException {
        boolean reads = interactive || hello.wish() != Wish.VIEW;
        boolean began = false;
        try {
            while (!left && !ended) {
                try (Attached attached = began ? attachAgain() : attach()) {
                    begin(attached, began);
                    if (!began && reads) {
                        keys.start();
                    }
                    began = true;
                    show(attached.connection());
                } catch (Gone e) {
                    ended = true;
                } finally {
                    current = Optional.empty();
                }
                if (!left && !ended) {
                    notice("the connection has gone; attaching again at " + position);
                }
            }
        } finally {
            if (filtered) {
                put(screen.reset());
            }
        }
        notice(left ? "left the console of " + name : "the console of " + name + " has ended");
        return Verb.DONE;
    }

    // ---- attaching

    private Attached attach() {
        try {
            return partitions.guessing(name, () -> bulkhead.api().attach(name, hello));
        } catch (Refusal e) {
            if (!mayFallBack || e.problem().code() != ProblemCode.NOT_PERMITTED || hello.wish() == Wish.VIEW) {
                throw e;
            }
            mayFallBack = false;
            Attached viewing = bulkhead.api().attach(name, hello.wishing(Wish.VIEW));
            notice(e.problem().detail());
            return viewing;
        }
    }

    /** The console is no more, or was left meanwhile. */
    private static final class Gone extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private Attached attachAgain() throws Gone {
        long begin = System.nanoTime();
        long wait = LEAST_WAIT_MILLIS;
        while (!left) {
            try {
                return bulkhead.api()
                        .attach(name, hello.from(Start.at(position)).wishing(again()));
            } catch (Refusal e) {
                ProblemCode code = e.problem().code();
                if (code == ProblemCode.NOT_FOUND || code == ProblemCode.CONFLICT) {
                    // It was deleted, or made anew with a numbering of its own.
                    throw new Gone();
                } else if (code != ProblemCode.UNREACHABLE && code != ProblemCode.TIMED_OUT
                        || !interactive && System.nanoTime() - begin > PATIENCE_NANOS) {
                    throw e;
                }
            }
            pause(wait);
            wait = Math.min(MOST_WAIT_MILLIS, 2 * wait);
        }
        throw new Gone();
    }

    private Wish again() {
        return switch (role.kind()) {
            case WRITES -> Wish.RESUME;
            case WAITS -> Wish.WAIT;
            case VIEWS -> Wish.VIEW;
        };
    }

    private static void pause(long millis) throws Gone {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Gone();
        }
    }

    private void begin(Attached attached, boolean again) throws Gone {
        ServerMessage.Opened opened = attached.opened();
        if (creation.filter(known -> !known.equals(opened.creation())).isPresent()) {
            throw new Gone();
        }
        creation = Optional.of(opened.creation());
        position = opened.offset();
        role = opened.role();
        asked = false;
        consumed = 0;
        inputCredit.begin(opened.inputCredit());
        current = Optional.of(attached.connection());
        if (left) {
            closeCurrent();
        }
        if (!again) {
            notice(Notices.opened(name.value(), role, opened.writer(), interactive));
        }
    }

    // ---- what comes

    private void show(ConsoleConnection connection) throws IOException {
        try {
            for (Optional<ServerMessage> next = connection.receive(); next.isPresent(); next = connection.receive()) {
                take(connection, next.get());
                if (ended) {
                    return;
                }
            }
        } catch (IOException e) {
            // The connection is gone; whether that is the end is decided by the caller.
            return;
        } catch (ProtocolException e) {
            throw new Refusal(
                    Problem.of(ProblemCode.PROTOCOL_ERROR, "the control plane is not understood: " + e.getMessage()),
                    e);
        }
    }

    private void take(ConsoleConnection connection, ServerMessage message) throws IOException {
        keys.somethingCame();
        if (message instanceof ServerMessage.Output output) {
            output(connection, output.bytes(), output.bytes().remaining(), output.end());
        } else if (message instanceof ServerMessage.History history) {
            output(connection, history.bytes(), history.length(), history.end());
        } else if (message instanceof ServerMessage.Modes modes) {
            shown(modes.bytes());
        } else if (message instanceof ServerMessage.Gap gap) {
            position = gap.to();
            Notices.of(gap).ifPresent(this::notice);
        } else if (message instanceof ServerMessage.Credit credit) {
            inputCredit.add(credit.bytes());
        } else if (message instanceof ServerMessage.End end) {
            ended = !end.comesBack();
            if (ended) {
                notice(end.reason());
            }
        } else {
            said(message);
        }
    }

    private void said(ServerMessage message) {
        boolean worthTelling = true;
        if (message instanceof ServerMessage.WriterChanged changed) {
            worthTelling = changed.cause() != ServerMessage.WriterChanged.Cause.QUEUE;
            role = changed.role();
            keys.mayTellAgain();
            if (role.kind() != Role.Standing.WRITES) {
                asked = false;
            }
        } else if (message instanceof ServerMessage.Asked) {
            asked = true;
        } else if (message instanceof ServerMessage.Answered) {
            asked = false;
        }
        if (worthTelling) {
            Notices.of(message).ifPresent(this::notice);
        }
    }

    private void output(ConsoleConnection connection, ByteBuffer bytes, int length, long end) throws IOException {
        shown(bytes);
        position = end;
        consumed += length;
        if (consumed >= hello.credit() / 4) {
            connection.send(new ClientMessage.Credit(consumed));
            consumed = 0;
        }
    }

    private void shown(ByteBuffer bytes) {
        byte[] piece = new byte[bytes.remaining()];
        bytes.get(piece);
        put(filtered ? screen.present(piece) : piece);
    }

    // ---- what is typed

    boolean isWriter() {
        return role.kind() == Role.Standing.WRITES;
    }

    /** Whether somebody waits for an answer about the typing. */
    boolean isAsked() {
        return asked;
    }

    /** Types, in messages of at most what there is credit for; waits for that. What cannot be sent is lost. */
    void type(byte[] bytes) throws InterruptedException {
        int from = 0;
        while (from < bytes.length) {
            int count = inputCredit.take(Math.min(bytes.length - from, MessageCodec.MOST_DATA));
            if (left) {
                return;
            }
            send(new ClientMessage.Input(ByteBuffer.wrap(bytes, from, count).slice()));
            from += count;
        }
    }

    /** Says something, if there is a connection. */
    void send(ClientMessage message) {
        current.ifPresent(connection -> {
            try {
                connection.send(message);
            } catch (IOException e) {
                // The connection has gone, which its reader notices and mends.
                return;
            }
        });
    }

    void leave() {
        left = true;
        inputCredit.add(MessageCodec.MOST_DATA);
        closeCurrent();
    }

    private void closeCurrent() {
        current.ifPresent(connection -> {
            try {
                connection.close();
            } catch (IOException e) {
                notice("closing the connection failed: " + e.getMessage());
            }
        });
    }

    /** The window has another size; the service heeds that of whoever types. */
    void resize() {
        Optional<WindowSize> size = Terminal.size();
        hello = hello.sized(size);
        size.ifPresent(now -> send(new ClientMessage.Resize(now)));
    }

    private void put(byte[] bytes) {
        bulkhead.surroundings().out().write(bytes, 0, bytes.length);
        bulkhead.surroundings().out().flush();
    }

    /** Lines of our own; in raw mode a terminal needs to be told to go back to the left. */
    void notice(String text) {
        if (!bulkhead.quiet()) {
            String end = interactive ? "\r\n" : "\n";
            String line = (interactive ? end : "") + "[" + text.replace("\n", end + " ") + "]" + end;
            bulkhead.surroundings().err().print(line);
            bulkhead.surroundings().err().flush();
        }
    }
}
