package io.bulkhead.console.serial;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.MessageCodec;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.ring.Step;
import io.bulkhead.console.ring.ViewerCursor;
import io.bulkhead.console.terminal.ModeTracker;
import io.bulkhead.console.terminal.QueryFilter;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.WindowSize;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * One who looks at a console. The transport that attached it hands what comes to {@link #receive}, says when its sink takes
 * more again ({@link #writable}) and when it is gone ({@link #detach}). All on the service's thread.
 *
 * <p>Output comes as long as there is credit and the sink is writable, out of the ring without a copy; where the viewer is
 * too slow, its {@link LagPolicy} says what it misses.
 */
public final class Viewer {
    /** Credit of output where the viewer names none, bytes. */
    public static final int VIEWING_CREDIT = 256 << 10;

    /** The same of one that types: less under way, so that what is typed takes effect sooner. */
    public static final int INTERACTIVE_CREDIT = 32 << 10;

    /** The most credit that a viewer can have, bytes. */
    static final int MOST_CREDIT = 4 << 20;

    /** Credit of input, bytes: as much of it may be on the way to the manager. */
    public static final int INPUT_CREDIT = 16 << 10;

    /** How many messages beside output wait for a sink that takes nothing; of those beyond, the oldest are left out. */
    public static final int MOST_WAITING = 16;

    /** How far into the present a sequence of the past may reach. */
    private static final int MOST_LEFT_OVER = 4 << 10;

    private final long id;
    private final String label;
    private final Caller caller;
    private final ConsoleFeed feed;
    private final ViewerSink sink;
    private final ViewerCursor cursor;
    private final boolean raw;
    private final LagPolicy policy;
    private final long sinceMillis;
    private final Deque<ServerMessage> waiting = new ArrayDeque<>();

    private Optional<QueryFilter> filter;
    private Optional<Past.Reading> past = Optional.empty();
    private int leftOver;
    private Optional<WindowSize> size;
    private boolean sizeUsed;
    private long credit;
    private int inputUnderWay;
    private int creditOwed;
    private long lastHeardMillis;
    private boolean askingLog;
    private boolean detached;

    Viewer(
            long id,
            String label,
            Caller caller,
            ConsoleFeed feed,
            ViewerSink sink,
            ViewerCursor cursor,
            ClientMessage.Hello hello) {
        this.id = id;
        this.label = label;
        this.caller = caller;
        this.feed = feed;
        this.sink = sink;
        this.cursor = cursor;
        this.raw = hello.raw();
        this.policy = hello.policy();
        this.filter = raw ? Optional.empty() : Optional.of(new QueryFilter());
        this.size = hello.size();
        this.credit = hello.credit() > 0
                ? Math.min(hello.credit(), MOST_CREDIT)
                : policy == LagPolicy.INTERACTIVE ? INTERACTIVE_CREDIT : VIEWING_CREDIT;
        this.sinceMillis = feed.thread().wallMillis();
        this.lastHeardMillis = feed.thread().nowMillis();
    }

    // ---- who it is

    /** Its number, not given again while this control plane runs. */
    public long id() {
        return id;
    }

    /** How the others see it. */
    public String label() {
        return label;
    }

    public Caller caller() {
        return caller;
    }

    LagPolicy policy() {
        return policy;
    }

    long sinceMillis() {
        return sinceMillis;
    }

    ViewerCursor cursor() {
        return cursor;
    }

    /** The size of its terminal, as far as it said. */
    Optional<WindowSize> size() {
        return size;
    }

    boolean isDetached() {
        return detached;
    }

    // ---- what the transport says

    /** Something came from the viewer; a second hello is refused. */
    public void receive(ClientMessage message) {
        if (detached) {
            return;
        }
        lastHeardMillis = feed.thread().nowMillis();
        if (message instanceof ClientMessage.Input input) {
            typed(input.bytes());
        } else if (message instanceof ClientMessage.Credit more) {
            credit = Math.min(MOST_CREDIT, credit + more.bytes());
            pump();
        } else if (message instanceof ClientMessage.Resize resize) {
            size = Optional.of(resize.size());
            sizeUsed = false;
            feed.sized(this);
        } else if (message instanceof ClientMessage.Ping ping) {
            tell(new ServerMessage.Pong(ping.number()));
        } else if (message instanceof ClientMessage.Hello) {
            end(Problem.of(ProblemCode.PROTOCOL_ERROR, "a viewer says hello once"));
        } else if (!(message instanceof ClientMessage.Pong)) {
            feed.asked(this, message);
        }
    }

    /** The sink takes more again. */
    public void writable() {
        flush();
        pump();
    }

    /** The transport is gone; nothing is sent any more. A second time does nothing. */
    public void detach(String reason) {
        if (!detached) {
            detached = true;
            waiting.clear();
            closePast();
            feed.left(this, reason);
        }
    }

    // ---- what the feed says

    /** Says something beside the output; in order with it. What a viewer that takes nothing missed of it, it missed. */
    void tell(ServerMessage message) {
        if (detached) {
            return;
        }
        if (waiting.isEmpty() && sink.writable()) {
            sink.send(message);
            return;
        }
        if (message instanceof ServerMessage.WriterChanged) {
            waiting.removeIf(ServerMessage.WriterChanged.class::isInstance);
        } else if (message instanceof ServerMessage.Ping) {
            waiting.removeIf(ServerMessage.Ping.class::isInstance);
        }
        if (waiting.size() >= MOST_WAITING) {
            waiting.remove();
        }
        waiting.add(message);
    }

    private void flush() {
        if (!detached && creditOwed > 0 && sink.writable()) {
            sink.send(new ServerMessage.Credit(creditOwed));
            creditOwed = 0;
        }
        while (!detached && !waiting.isEmpty() && sink.writable()) {
            sink.send(waiting.remove());
        }
    }

    /** Ends it from this side. */
    void end(Problem problem) {
        if (!detached) {
            sink.send(new ServerMessage.Refused(
                    problem.code(), problem.detail(), problem.remedy().orElse("")));
            sink.send(new ServerMessage.End(false, problem.detail()));
            leave(problem.detail());
        }
    }

    /** Ends it from this side, as there is nothing more for it here. */
    void end(boolean comesBack, String reason) {
        if (!detached) {
            sink.send(new ServerMessage.End(comesBack, reason));
            leave(reason);
        }
    }

    private void leave(String reason) {
        detach(reason);
        sink.close();
    }

    /** Gives what may be given now. */
    void pump() {
        flush();
        while (!detached && !askingLog && credit > 0 && waiting.isEmpty() && sink.writable()) {
            Step step = cursor.next(
                    feed.ring(),
                    (int) Math.min(credit, MessageCodec.MOST_DATA),
                    feed.thread().nowMillis());
            if (step instanceof Step.Nothing) {
                return;
            } else if (step instanceof Step.AskLog ask) {
                askLog(ask);
            } else {
                carryOut(step);
            }
        }
    }

    private void carryOut(Step step) {
        if (step instanceof Step.Deliver deliver) {
            credit -= deliver.bytes().remaining();
            deliver(deliver);
        } else if (step instanceof Step.Skip skip) {
            sink.send(new ServerMessage.Gap(skip.from(), skip.to(), skip.cause()));
            if (skip.jump()) {
                sendModes(true);
            }
        }
    }

    private void deliver(Step.Deliver piece) {
        if (filter.isEmpty()) {
            sink.send(new ServerMessage.Output(piece.offset(), piece.bytes()));
            return;
        }
        QueryFilter through = filter.get();
        byte[] bytes = new byte[piece.bytes().remaining()];
        piece.bytes().duplicate().get(bytes);
        byte[] shown = piece.past() ? through.past(bytes) : through.present(bytes);
        if (!piece.past()) {
            leftOver += bytes.length;
            if (through.isInPresent() || leftOver > MOST_LEFT_OVER) {
                filter = Optional.empty();
            }
        }
        // What a sequence of before the piece adds may make it longer than a message.
        int rest = 0;
        for (; shown.length - rest > MessageCodec.MOST_DATA; rest += MessageCodec.MOST_DATA) {
            ByteBuffer part =
                    ByteBuffer.wrap(shown, rest, MessageCodec.MOST_DATA).slice();
            sink.send(new ServerMessage.History(piece.offset(), 0, part));
        }
        ByteBuffer last = ByteBuffer.wrap(shown, rest, shown.length - rest).slice();
        sink.send(new ServerMessage.History(piece.offset(), bytes.length, last));
    }

    /** What holds where the cursor is. */
    void sendModes(boolean all) {
        if (raw) {
            return;
        }
        Optional<ModeTracker> modes = feed.modesAt(cursor.offset());
        byte[] preamble = modes.map(each -> each.preamble(all)).orElse(new byte[0]);
        if (preamble.length > 0) {
            sink.send(new ServerMessage.Modes(ByteBuffer.wrap(preamble)));
        }
    }

    private void askLog(Step.AskLog ask) {
        askingLog = true;
        int most = (int) Math.min(Math.min(credit, MessageCodec.MOST_DATA), ask.to() - ask.from());
        if (past.isEmpty()) {
            past = Optional.of(feed.openPast());
        }
        past.get().read(ask.from(), most).whenComplete((found, failure) -> feed.thread()
                .execute(() -> answered(ask, failure == null ? found : Past.Found.NOTHING)));
    }

    private void answered(Step.AskLog ask, Past.Found found) {
        askingLog = false;
        if (!detached) {
            carryOut(cursor.fromLog(ask, found.bytes(), found.next()));
            if (cursor.offset() >= feed.ring().start()) {
                closePast();
            }
            pump();
        }
    }

    private void closePast() {
        past.ifPresent(Past.Reading::close);
        past = Optional.empty();
    }

    // ---- typing

    private void typed(ByteBuffer keys) {
        int count = keys.remaining();
        if (inputUnderWay + count > INPUT_CREDIT) {
            end(Problem.of(ProblemCode.PROTOCOL_ERROR, "more was typed than there was credit for"));
            return;
        }
        if (count == 0) {
            return;
        }
        inputUnderWay += count;
        boolean mine = feed.typed(this, keys, () -> taken(count));
        if (mine) {
            if (!sizeUsed) {
                sizeUsed = true;
                feed.useSize(this);
            }
            cursor.typed(keys, feed.thread().nowMillis());
            pump();
        } else {
            taken(count);
        }
    }

    private void taken(int count) {
        inputUnderWay -= count;
        creditOwed += count;
        flush();
    }

    // ---- time

    /** Looks whether it is still there. */
    void tick(long nowMillis, ConsoleOptions options) {
        if (nowMillis - lastHeardMillis > options.deadMillis()) {
            end(true, "nothing was heard of the viewer for " + options.deadMillis() / 1000 + " s");
        } else if (options.mostAttachedMillis() > 0
                && feed.thread().wallMillis() - sinceMillis > options.mostAttachedMillis()) {
            end(false, "attached for the longest time that is allowed, " + options.mostAttachedMillis() / 1000 + " s");
        } else if (nowMillis - lastHeardMillis >= options.pingMillis()) {
            tell(new ServerMessage.Ping(nowMillis));
        }
    }
}
