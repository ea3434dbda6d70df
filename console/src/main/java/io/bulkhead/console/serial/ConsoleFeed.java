package io.bulkhead.console.serial;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.console.lease.LeaseNews;
import io.bulkhead.console.lease.WriterLease;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.ServerMessage.Mark.Kind;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.ring.ConsoleRing;
import io.bulkhead.console.ring.Piece;
import io.bulkhead.console.ring.Recorder;
import io.bulkhead.console.ring.ViewerCursor;
import io.bulkhead.console.serial.log.ConsoleLog;
import io.bulkhead.console.serial.log.EntryKind;
import io.bulkhead.console.terminal.ModeTracker;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One console: its only stream from the manager, its ring, its log, its viewers and who of them types.
 *
 * <p>Every byte, mark and gap goes to the log, which never makes it wait, and into the ring, out of which viewers take what
 * they can at the end of the thread's turn.
 */
final class ConsoleFeed implements AutoCloseable {
    private static final int MARKS_REMEMBERED = 64;

    private final ConsoleService service;
    private final PartitionName name;
    private final String creation;
    private final ConsoleLog log;
    private final ConsoleRing<ModeTracker> ring;
    private final ModeTracker modes = new ModeTracker();
    private final WriterLease lease;
    private final Map<Long, Viewer> viewers = new LinkedHashMap<>();
    private final Set<String> marksSeen = new LinkedHashSet<>();
    private final Line line;

    private long received;
    private long lost;
    private long skippedByGone;
    private OptionalLong runBegan = OptionalLong.empty();
    private Optional<String> trouble = Optional.of("the manager has not been reached yet");
    private Optional<WindowSize> size = Optional.empty();
    private boolean pumping;
    private boolean closed;

    ConsoleFeed(ConsoleService service, PartitionName name, ConsoleStatus status, ConsoleLog log) {
        this.service = service;
        this.name = name;
        this.creation = status.created();
        this.log = log;
        this.lease = new WriterLease(service.options().lease());
        // As much of the past as the ring holds, and all that the log has not got.
        long wanted = Math.min(
                log.end(), Math.max(0, status.offset() - service.options().ringBytes()));
        long from = Math.min(status.offset(), Math.max(wanted, status.start()));
        this.ring = new ConsoleRing<>(service.options().ringBytes(), from, new Modes());
        if (from > log.end()) {
            log.gap(log.end(), from, "the manager no longer had it");
        }
        log.mark(
                from,
                EntryKind.RESTART,
                "the console service began",
                service.thread().wallMillis());
        this.line = service.lines().open(name, from, new FromManager());
    }

    private final class Modes implements Recorder<ModeTracker> {
        @Override
        public ModeTracker state() {
            return modes.copy();
        }

        @Override
        public void passed(byte[] bytes, int from, int length) {
            modes.feed(bytes, from, length);
        }

        @Override
        public void lost() {
            modes.cut();
        }
    }

    // ---- what it is

    PartitionName name() {
        return name;
    }

    String creation() {
        return creation;
    }

    ServiceThread thread() {
        return service.thread();
    }

    ConsoleRing<ModeTracker> ring() {
        return ring;
    }

    ConsoleLog log() {
        return log;
    }

    WriterLease lease() {
        return lease;
    }

    List<Viewer> viewers() {
        return List.copyOf(viewers.values());
    }

    long received() {
        return received;
    }

    /** Bytes of the stream that never came here. */
    long lost() {
        return lost;
    }

    /** Bytes that viewers have not got, those that are gone included. */
    long skipped() {
        return skippedByGone
                + viewers.values().stream()
                        .mapToLong(each -> each.cursor().skipped())
                        .sum();
    }

    Optional<String> trouble() {
        return trouble;
    }

    Optional<WindowSize> size() {
        return size;
    }

    boolean isConnected() {
        return line.isConnected();
    }

    ServerMessage.Role role(Viewer viewer) {
        if (lease.isWriter(viewer.id())) {
            return ServerMessage.Role.WRITES;
        }
        int place = lease.place(viewer.id());
        return place > 0 ? ServerMessage.Role.waits(place) : ServerMessage.Role.VIEWS;
    }

    Optional<String> writer() {
        return lease.writer().isPresent() ? label(lease.writer().getAsLong()) : Optional.empty();
    }

    private Optional<String> label(long viewer) {
        return Optional.ofNullable(viewers.get(viewer)).map(Viewer::label);
    }

    /** What holds at an offset; unknown where the ring does not go back so far. */
    Optional<ModeTracker> modesAt(long offset) {
        if (offset < ring.start()) {
            return Optional.empty();
        }
        ConsoleRing.Checkpoint<ModeTracker> checkpoint = ring.checkpoint(offset);
        ModeTracker there = checkpoint.state().copy();
        long at = checkpoint.offset();
        while (at < offset) {
            if (!(ring.read(at, (int) (offset - at)) instanceof Piece.Bytes piece)) {
                break;
            }
            byte[] bytes = new byte[piece.bytes().remaining()];
            piece.bytes().get(bytes);
            there.feed(bytes, 0, bytes.length);
            at += bytes.length;
        }
        return Optional.of(there);
    }

    // ---- what comes from the manager

    private final class FromManager implements Line.Listener {
        @Override
        public void output(long offset, byte[] bytes) {
            if (closed) {
                return;
            }
            received += bytes.length;
            log.append(offset, bytes);
            ring.append(bytes, 0, bytes.length);
            pumpSoon();
        }

        @Override
        public void gap(long from, long to) {
            if (closed || to <= ring.end()) {
                return;
            }
            lost += to - ring.end();
            log.gap(ring.end(), to, "lost between the partition and the console service");
            ring.skipTo(to);
            pumpSoon();
        }

        @Override
        public void mark(StreamMessage.Mark mark) {
            if (!closed && isNew(mark)) {
                took(mark);
            }
        }

        @Override
        public void connected() {
            trouble = Optional.empty();
        }

        @Override
        public void disconnected(String reason) {
            trouble = Optional.of(reason);
        }
    }

    private boolean isNew(StreamMessage.Mark mark) {
        if (!marksSeen.add(mark.kind() + " " + mark.timeMillis() + " " + mark.offset())) {
            return false;
        }
        if (marksSeen.size() > MARKS_REMEMBERED) {
            marksSeen.remove(marksSeen.iterator().next());
        }
        return true;
    }

    private void took(StreamMessage.Mark mark) {
        switch (mark.kind()) {
            case RUN_BEGAN -> {
                runBegan = OptionalLong.of(mark.offset());
                mark(mark, EntryKind.RUN, Kind.RUN, "a run began" + detail(mark));
            }
            case RUN_ENDED -> mark(mark, EntryKind.RUN, Kind.RUN, "the run ended" + detail(mark));
            case MANAGER_RESTARTED ->
                mark(mark, EntryKind.RESTART, Kind.RESTARTED, "the partition manager began anew" + detail(mark));
            case RESIZED -> mark(mark, EntryKind.RESIZE, Kind.RESIZED, mark.detail());
        }
    }

    private static String detail(StreamMessage.Mark mark) {
        return mark.detail().isEmpty() ? "" : ": " + mark.detail();
    }

    private void mark(StreamMessage.Mark mark, EntryKind entry, Kind kind, String text) {
        log.mark(mark.offset(), entry, text, mark.timeMillis());
        tellAll(new ServerMessage.Mark(mark.offset(), mark.timeMillis(), kind, text));
    }

    /** Once per turn of the thread, however much came in it. */
    private void pumpSoon() {
        if (!pumping) {
            pumping = true;
            service.thread().execute(this::pumpAll);
        }
    }

    private void pumpAll() {
        pumping = false;
        viewers().forEach(Viewer::pump);
    }

    /** Begins to read what only the log has. */
    Past.Reading openPast() {
        return service.past().open(name);
    }

    // ---- viewers

    /** Lets somebody in who may. */
    Viewer attach(long id, String label, ViewerSink sink, ClientMessage.Hello hello, Caller caller, AttachTimes times) {
        long end = ring.end();
        long begin = begin(hello.start(), end);
        ViewerCursor cursor = new ViewerCursor(hello.policy(), begin, end);
        Viewer viewer = new Viewer(id, label, caller, this, sink, cursor, hello, times);
        List<LeaseNews> news = lease.attach(id, hello.wish(), hello.reason(), thread().nowMillis());
        viewers.put(id, viewer);
        sink.send(new ServerMessage.Opened(begin, end, creation, label, role(viewer), writer(), Viewer.INPUT_CREDIT));
        viewer.sendModes(false);
        told(EntryKind.ATTACH, Kind.ATTACHED, label);
        spread(news, id);
        viewer.pump();
        return viewer;
    }

    private long begin(Start start, long end) {
        return switch (start.kind()) {
            case NOW -> end;
            case BYTES -> Math.max(0, end - Math.min(end, start.amount()));
            case LINES -> ring.lineStart(start.amount());
            case RUN -> runBegan.orElse(0);
            case OFFSET -> {
                if (start.amount() > end) {
                    throw new Refusal(Problem.of(
                            ProblemCode.CONFLICT,
                            "offset " + start.amount() + " has not come yet; the console of " + name + " is at " + end,
                            "begin at " + end + " or before"));
                }
                yield start.amount();
            }
        };
    }

    /** A viewer has left, or was made to. */
    void left(Viewer viewer, String reason) {
        if (viewers.remove(viewer.id()) == null) {
            return;
        }
        skippedByGone += viewer.cursor().skipped();
        told(EntryKind.DETACH, Kind.DETACHED, viewer.label() + (reason.isEmpty() ? "" : ", " + reason));
        service.audit()
                .note(viewer.caller(), ConsoleService.withReason("console-detach", reason), name, Optional.empty());
        spread(lease.detach(viewer.id(), thread().nowMillis()), -1);
        service.left(viewer);
    }

    /** Tells of an event at the end of the stream. */
    private void told(EntryKind entry, Kind kind, String text) {
        long now = service.thread().wallMillis();
        log.mark(ring.end(), entry, text.lines().findFirst().orElse(""), now);
        tellAll(new ServerMessage.Mark(ring.end(), now, kind, text));
    }

    private void tellAll(ServerMessage message) {
        viewers().forEach(each -> each.tell(message));
    }

    /** Types, if it is that one's turn. */
    boolean typed(Viewer viewer, ByteBuffer keys, Runnable taken) {
        if (!lease.typed(viewer.id(), thread().nowMillis())) {
            return false;
        }
        byte[] bytes = new byte[keys.remaining()];
        keys.duplicate().get(bytes);
        line.type(bytes, taken);
        return true;
    }

    /** The writer's terminal has another size, which holds at once; of others it means nothing. */
    void sized(Viewer viewer) {
        if (lease.isWriter(viewer.id())) {
            useSize(viewer);
        }
    }

    /** The console takes the size of the writer's terminal; told to the partition only where it changes. */
    void useSize(Viewer viewer) {
        viewer.size().filter(wanted -> !size.equals(Optional.of(wanted))).ifPresent(wanted -> {
            size = Optional.of(wanted);
            line.resize(wanted);
        });
    }

    // ---- the writing

    /** A viewer wants something of the writing, or a break. */
    void asked(Viewer viewer, ClientMessage message) {
        long now = thread().nowMillis();
        if (message instanceof ClientMessage.Request) {
            if (service.allows(viewer, ConsoleRight.WRITE, name)) {
                spread(lease.request(viewer.id(), now), -1);
            }
        } else if (message instanceof ClientMessage.Grant) {
            spread(lease.grant(viewer.id(), now), -1);
        } else if (message instanceof ClientMessage.Decline) {
            spread(lease.decline(viewer.id()), -1);
        } else if (message instanceof ClientMessage.Release) {
            spread(lease.release(viewer.id(), now), -1);
        } else if (message instanceof ClientMessage.TakeOver takeOver) {
            if (service.allows(viewer, ConsoleRight.TAKE_OVER, name)) {
                spread(lease.takeOver(viewer.id(), takeOver.reason(), now), -1);
            }
        } else if (message instanceof ClientMessage.Break) {
            if (service.allows(viewer, ConsoleRight.WRITE, name)) {
                sendBreak(viewer);
            }
        }
    }

    private void sendBreak(Viewer viewer) {
        service.audit().note(viewer.caller(), "console-break", name, Optional.empty());
        service.breaks().send(name).whenComplete((report, failure) -> thread().execute(() -> {
            if (!closed) {
                told(
                        EntryKind.BREAK,
                        Kind.BREAK,
                        "break by " + viewer.label() + ": "
                                + (failure == null ? report : "failed: " + failure.getMessage()));
            }
        }));
    }

    /** Tells everybody what has changed about the writing; {@code knows} has been told of its own role already. */
    private void spread(List<LeaseNews> news, long knows) {
        for (LeaseNews each : news) {
            if (each instanceof LeaseNews.Changed changed) {
                changed(changed, knows);
            } else if (each instanceof LeaseNews.QueueChanged) {
                tellRoles(ServerMessage.WriterChanged.Cause.QUEUE, "", knows, true);
            } else if (each instanceof LeaseNews.Asked asked) {
                label(asked.viewer())
                        .ifPresent(label -> tell(
                                asked.writer(), new ServerMessage.Asked(label, (int) (asked.millisLeft() / 1000))));
            } else if (each instanceof LeaseNews.Answered answered) {
                answered(answered);
            }
        }
    }

    private void changed(LeaseNews.Changed changed, long knows) {
        Optional<String> to = writer();
        String text = to.map(label -> label + " types").orElse("nobody types")
                + " (" + changed.cause().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                + (changed.reason().isEmpty() ? "" : ": " + changed.reason()) + ")";
        log.mark(ring.end(), EntryKind.WRITER, text, thread().wallMillis());
        service.wrote(this, changed);
        tellRoles(changed.cause(), changed.reason(), knows, false);
    }

    private void tellRoles(ServerMessage.WriterChanged.Cause cause, String reason, long knows, boolean waitingOnly) {
        for (Viewer viewer : viewers()) {
            ServerMessage.Role role = role(viewer);
            if (viewer.id() != knows && !(waitingOnly && role.kind() == ServerMessage.Role.Standing.VIEWS)) {
                viewer.tell(new ServerMessage.WriterChanged(writer(), role, cause, reason));
            }
        }
    }

    private void answered(LeaseNews.Answered answered) {
        String label = label(answered.viewer()).orElse("a viewer that left");
        ServerMessage message = new ServerMessage.Answered(label, answered.answer());
        tell(answered.viewer(), message);
        answered.writer().ifPresent(writer -> tell(writer, message));
    }

    private void tell(long viewer, ServerMessage message) {
        Optional.ofNullable(viewers.get(viewer)).ifPresent(each -> each.tell(message));
    }

    // ---- time and end

    void tick(long nowMillis) {
        spread(lease.tick(nowMillis), -1);
        viewers().forEach(each -> service.farewell(each.caller())
                .ifPresentOrElse(each::end, () -> each.tick(nowMillis, service.options())));
    }

    /** Ends every viewer; the log is closed by whoever opened it. */
    void end(boolean comesBack, String reason) {
        viewers().forEach(each -> each.end(comesBack, reason));
        close();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            line.close();
        }
    }
}
