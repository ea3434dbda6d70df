package io.bulkhead.console.cli;

import io.bulkhead.console.client.FrameStream;
import io.bulkhead.console.terminal.KeyInterpreter;
import io.bulkhead.console.terminal.QueryFilter;
import io.bulkhead.console.terminal.Terminal;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Optional;

/**
 * One viewer at a console. The caller's thread shows what comes; a second one reads what is typed.
 *
 * <p>Taking over opens a new stream that begins where the old one was read to, so nothing is shown twice or left out.
 */
final class ConsoleSession {
    /** How much of the past a stream that follows on another one asks for, to begin without a hole. */
    private static final long OVERLAP_BYTES = 256 << 10;

    private static final long QUIET_MILLIS = 1000;
    private static final long NOWHERE = -1;

    private static final String KEYS =
            "keys at the start of a line: ~. leave, ~w take the typing over, ~~ a tilde, ~? this";

    private final Bulkhead bulkhead;
    private final Partitions partitions;
    private final PartitionName name;
    private final boolean interactive;
    private final QueryFilter filter = new QueryFilter();
    private final KeyInterpreter keys = new KeyInterpreter();
    private final boolean reads;

    private volatile boolean writer;
    private volatile boolean takeOver;
    private volatile boolean again;
    private volatile boolean left;
    private volatile long lastOutputNanos;
    private volatile Optional<FrameStream> current = Optional.empty();
    private boolean toldToWatch;
    private long position = NOWHERE;
    private long pastEnd;
    private long skipTo;
    private long streamOffset;

    ConsoleSession(Bulkhead bulkhead, PartitionName name, boolean write, boolean takeOver) {
        this.bulkhead = bulkhead;
        this.partitions = new Partitions(bulkhead.api());
        this.name = name;
        this.interactive = bulkhead.surroundings().inputIsTerminal();
        this.reads = interactive || write;
        this.writer = write;
        this.takeOver = takeOver;
    }

    /** Shows the console until it is left or ends; the answer is the exit code. */
    int run(long historyBytes) throws IOException {
        long history = historyBytes;
        boolean started = false;
        try {
            do {
                again = false;
                try (FrameStream stream = open(history)) {
                    current = Optional.of(stream);
                    begin(stream);
                    if (!started && reads) {
                        startReading();
                        started = true;
                    }
                    show(stream);
                }
                history = OVERLAP_BYTES;
            } while (again && !left);
        } finally {
            if (bulkhead.surroundings().outputIsTerminal()) {
                put(filter.reset());
            }
        }
        notice(left ? "left the console of " + name : "the console of " + name + " has ended");
        return Verb.DONE;
    }

    private FrameStream open(long history) {
        try {
            return partitions.guessing(name, () -> openAs(writer, history));
        } catch (Refusal e) {
            if (e.problem().code() != ProblemCode.CONFLICT || !writer || takeOver) {
                throw e;
            }
            notice(e.problem().detail());
            writer = false;
            return openAs(false, history);
        }
    }

    private FrameStream openAs(boolean write, long history) {
        return bulkhead.api()
                .openStream(new Order.OpenConsole(name, viewer(), write, write && takeOver, history, true));
    }

    private String viewer() {
        var environment = bulkhead.surroundings().environment();
        String user = environment.getOrDefault("SUDO_USER", System.getProperty("user.name", "unknown"));
        String plain = user.replaceAll("[^A-Za-z0-9._-]", "_");
        return plain.substring(0, Math.min(40, plain.length())) + "#"
                + ProcessHandle.current().pid();
    }

    private void begin(FrameStream stream) throws IOException {
        takeOver = false;
        if (position == NOWHERE) {
            position = stream.offset();
        } else if (stream.offset() > position) {
            lost(position, stream.offset());
            position = stream.offset();
        }
        skipTo = position;
        streamOffset = stream.offset();
        // Asked for after the stream was opened, so whatever lies before it was put out before we could answer it.
        pastEnd = partitions.status(name).console().offset();
        notice((writer ? "typing to " : "watching ")
                + name
                + (interactive ? "; ~. at the start of a line leaves, ~? shows the keys" : ""));
        if (writer) {
            sendSize(stream);
        }
    }

    private void show(FrameStream stream) throws IOException {
        try {
            for (Optional<Frame> frame = stream.receive(); frame.isPresent(); frame = stream.receive()) {
                lastOutputNanos = System.nanoTime();
                if (frame.get().kind() == Frame.Kind.OUTPUT) {
                    output(frame.get().payload());
                } else {
                    message(frame.get().as(StreamMessage.class));
                }
            }
        } catch (ClosedChannelException e) {
            if (!again && !left) {
                throw e;
            }
        }
    }

    private void output(byte[] bytes) {
        long from = streamOffset;
        streamOffset += bytes.length;
        byte[] fresh = from >= skipTo
                ? bytes
                : Arrays.copyOfRange(bytes, (int) Math.min(bytes.length, skipTo - from), bytes.length);
        if (fresh.length == 0) {
            return;
        }
        long start = streamOffset - fresh.length;
        int past = (int) Math.max(0, Math.min(fresh.length, pastEnd - start));
        position = streamOffset;
        if (!bulkhead.surroundings().outputIsTerminal()) {
            put(fresh);
            return;
        }
        if (past > 0) {
            put(filter.past(Arrays.copyOf(fresh, past)));
        }
        if (past < fresh.length) {
            put(filter.present(Arrays.copyOfRange(fresh, past, fresh.length)));
        }
    }

    private void message(StreamMessage message) {
        if (message instanceof StreamMessage.Gap gap) {
            lost(gap.from(), gap.to());
            streamOffset = gap.to();
            position = gap.to();
        } else if (message instanceof StreamMessage.WriterChanged changed) {
            writer = false;
            toldToWatch = false;
            notice(changed.writer() + " types now; you are watching" + (interactive ? ", ~w takes it back" : ""));
        }
    }

    private void lost(long from, long to) {
        notice("... " + (to - from) + " bytes of output are lost here ...");
    }

    // ---- what is typed

    private void startReading() {
        Thread thread = new Thread(this::read, "console-input");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        byte[] piece = new byte[16 << 10];
        InputStream in = bulkhead.surroundings().in();
        try {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                byte[] typed = Arrays.copyOf(piece, count);
                if (!interactive) {
                    type(typed);
                } else {
                    for (KeyInterpreter.Action action : keys.feed(typed)) {
                        act(action);
                    }
                }
            }
            if (!interactive) {
                waitForQuiet();
            }
            leave();
        } catch (IOException e) {
            leave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void waitForQuiet() throws InterruptedException {
        lastOutputNanos = System.nanoTime();
        long quiet = 0;
        while (quiet < QUIET_MILLIS) {
            Thread.sleep(QUIET_MILLIS - quiet);
            quiet = (System.nanoTime() - lastOutputNanos) / 1_000_000;
        }
    }

    private void act(KeyInterpreter.Action action) throws IOException {
        if (action instanceof KeyInterpreter.Type typed) {
            type(typed.bytes());
        } else if (action instanceof KeyInterpreter.Detach) {
            leave();
        } else if (action instanceof KeyInterpreter.Help) {
            notice(KEYS);
        } else if (action instanceof KeyInterpreter.TakeOver && !writer) {
            writer = true;
            takeOver = true;
            again = true;
            closeCurrent();
        }
    }

    private void type(byte[] bytes) throws IOException {
        if (!writer) {
            if (!toldToWatch) {
                notice("you are watching; ~w at the start of a line takes the typing over");
                toldToWatch = true;
            }
            return;
        }
        Optional<FrameStream> stream = current;
        if (stream.isPresent()) {
            stream.get().send(new Frame(Frame.Kind.INPUT, bytes));
        }
    }

    private void leave() {
        left = true;
        closeCurrent();
    }

    private void closeCurrent() {
        current.ifPresent(stream -> {
            try {
                stream.close();
            } catch (IOException e) {
                notice("closing the stream failed: " + e.getMessage());
            }
        });
    }

    /** Tells the partition the size of the window, if it is this one that types. */
    void resize() {
        if (writer) {
            current.ifPresent(this::sendSize);
        }
    }

    private void sendSize(FrameStream stream) {
        if (!interactive) {
            return;
        }
        Terminal.size().ifPresent(size -> {
            try {
                stream.send(Frame.stream(new StreamMessage.Resize(size)));
            } catch (IOException e) {
                // The stream has ended, which its reader tells.
                return;
            }
        });
    }

    private void put(byte[] bytes) {
        bulkhead.surroundings().out().write(bytes, 0, bytes.length);
        bulkhead.surroundings().out().flush();
    }

    /** A line of our own; in raw mode a terminal needs to be told to go back to the left. */
    private void notice(String line) {
        if (!bulkhead.quiet()) {
            String text = interactive ? "\r\n[" + line + "]\r\n" : "[" + line + "]\n";
            bulkhead.surroundings().err().print(text);
            bulkhead.surroundings().err().flush();
        }
    }
}
