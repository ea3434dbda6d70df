package io.bulkhead.console.serial;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.console.lease.LeaseNews;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.MessageCodec;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.console.serial.log.ConsoleLogs;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.PartitionName;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The consoles of all partitions, for any number of viewers by any transport.
 *
 * <p>A transport calls {@link #attach} with who asks and where messages go, and hands what comes to the {@link Viewer} it
 * gets. See the package for threads and memory: every call here is made on the service's thread.
 */
public final class ConsoleService implements AutoCloseable {
    private static final long TICK_MILLIS = 1_000;

    private final Parts parts;
    private final Map<PartitionName, ConsoleFeed> feeds =
            new TreeMap<>((left, right) -> left.value().compareTo(right.value()));
    private long lastViewer;
    private int viewerCount;
    private boolean known;
    private boolean closed;
    private volatile Predicate<Caller> admitted = caller -> true;
    private Runnable stopTicking = () -> {};

    /**
     * What a service is made of.
     *
     * @param thread that it lives on
     * @param lines to the manager; closed with the service
     * @param logs of the consoles; their owner closes them behind the service
     * @param past what only logs have
     * @param rights who may do what
     * @param audit where that is written down
     * @param breaks what a break does
     * @param options how consoles are served
     */
    public record Parts(
            ServiceThread thread,
            Lines lines,
            ConsoleLogs logs,
            Past past,
            ConsoleRights rights,
            ConsoleAudit audit,
            ConsoleBreaks breaks,
            ConsoleOptions options) {}

    public ConsoleService(Parts parts) {
        this.parts = parts;
    }

    /** Lets only those in and stay of whom this is true; asked again every second. May be called on any thread. */
    public void admitOnly(Predicate<Caller> known) {
        admitted = known;
    }

    /** Why somebody may be here no more. */
    Optional<Problem> farewell(Caller caller) {
        return admitted.test(caller)
                ? Optional.empty()
                : Optional.of(Problem.of(
                        ProblemCode.UNAUTHENTICATED,
                        "the token was revoked or has expired",
                        "'bulkhead token create' makes one"));
    }

    /** Begins to follow the manager's consoles. */
    public void start() {
        parts.lines().watch(this::there);
        tickLater();
    }

    private void tickLater() {
        stopTicking = thread().after(TICK_MILLIS, () -> {
            if (!closed) {
                long now = thread().nowMillis();
                List.copyOf(feeds.values()).forEach(feed -> feed.tick(now));
                tickLater();
            }
        });
    }

    // ---- which consoles there are

    private void there(Map<PartitionName, ConsoleStatus> consoles) {
        if (closed) {
            return;
        }
        if (!known) {
            known = true;
            // Of partitions that were deleted while no control plane ran.
            parts.logs().partitions().stream()
                    .filter(name -> !consoles.containsKey(name))
                    .forEach(parts.logs()::remove);
        }
        for (ConsoleFeed feed : List.copyOf(feeds.values())) {
            ConsoleStatus now = consoles.get(feed.name());
            if (now == null || !now.created().equals(feed.creation())) {
                feeds.remove(feed.name());
                feed.end(false, "the partition " + feed.name() + " was deleted");
                parts.logs().remove(feed.name());
            }
        }
        consoles.forEach((name, status) -> feeds.computeIfAbsent(
                name, fresh -> new ConsoleFeed(this, name, status, parts.logs().open(name, status.created()))));
    }

    // ---- attaching

    /**
     * Attaches a viewer: {@link ServerMessage.Opened} is sent before this returns, and output behind it.
     *
     * @param name whose console
     * @param caller who asks, as the transport has made sure of
     * @param hello how; the wish is a wish: who may not write, or not take over, is refused
     * @param sink where messages go
     * @return the viewer, which the transport detaches when its connection ends
     * @throws Refusal NOT_FOUND, NOT_PERMITTED, TOO_MANY_REQUESTS, CONFLICT where the start has not come yet,
     *     INVALID_REQUEST for another version, UNREACHABLE while the manager has not been heard of
     */
    public Viewer attach(PartitionName name, Caller caller, ClientMessage.Hello hello, ViewerSink sink) {
        return attach(name, caller, hello, sink, times(caller));
    }

    /**
     * The same for somebody who has times of his own.
     *
     * @param times how long it may stay, instead of what the options say
     */
    public Viewer attach(
            PartitionName name, Caller caller, ClientMessage.Hello hello, ViewerSink sink, AttachTimes times) {
        String verb = verb(hello);
        try {
            ConsoleFeed feed = admit(name, caller, hello);
            Viewer viewer = feed.attach(++lastViewer, label(caller, hello.name()), sink, hello, caller, times);
            viewerCount++;
            note(caller, verb, name, Optional.empty());
            return viewer;
        } catch (Refusal e) {
            note(caller, verb, name, Optional.of(e.problem().code()));
            throw e;
        }
    }

    /** How long somebody may stay attached, by the options; for any thread. */
    public AttachTimes times(Caller caller) {
        return options().times(caller);
    }

    private ConsoleFeed admit(PartitionName name, Caller caller, ClientMessage.Hello hello) {
        if (hello.version() != MessageCodec.VERSION) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "version " + hello.version() + " of the protocol is not known; known is " + MessageCodec.VERSION);
        }
        Optional<Problem> farewell = farewell(caller);
        if (farewell.isPresent()) {
            throw new Refusal(farewell.get());
        }
        ConsoleRight needed = needed(hello.wish());
        if (!parts.rights().allow(caller, ConsoleRight.READ, name)
                || !parts.rights().allow(caller, needed, name)) {
            throw new Refusal(missing(caller, needed, name));
        }
        ConsoleFeed feed = feeds.get(name);
        if (feed == null) {
            throw known
                    ? Refusal.of(ProblemCode.NOT_FOUND, "there is no partition " + name)
                    : Refusal.of(ProblemCode.UNREACHABLE, "the manager has not told yet which consoles there are");
        }
        if (viewerCount >= options().mostViewers()) {
            throw Refusal.of(
                    ProblemCode.TOO_MANY_REQUESTS,
                    options().mostViewers() + " viewers are attached already",
                    "detach some; GET /v1/consoles shows them");
        }
        return feed;
    }

    private static ConsoleRight needed(Wish wish) {
        return switch (wish) {
            case VIEW -> ConsoleRight.READ;
            case WRITE, RESUME, WAIT -> ConsoleRight.WRITE;
            case TAKE_OVER -> ConsoleRight.TAKE_OVER;
        };
    }

    private static Problem missing(Caller caller, ConsoleRight right, PartitionName name) {
        return Problem.of(
                ProblemCode.NOT_PERMITTED,
                caller.name() + " has no right " + right.word() + " on the console of " + name,
                right == ConsoleRight.READ
                        ? "ask an administrator for it"
                        : "view it, or ask an administrator for the right");
    }

    /** Who it is, what it calls itself, and a number that tells two of the same apart. */
    private String label(Caller caller, String name) {
        String own = name.isEmpty() || name.equals(caller.name()) ? "" : ":" + name;
        return caller.name() + own + "#" + lastViewer;
    }

    private static String verb(ClientMessage.Hello hello) {
        return switch (hello.wish()) {
            case VIEW -> "console-view";
            case WRITE, RESUME, WAIT -> "console-write";
            case TAKE_OVER -> withReason("console-take-over", hello.reason());
        };
    }

    static String withReason(String verb, String reason) {
        return reason.isEmpty() ? verb : verb + " (" + reason + ")";
    }

    // ---- for feeds

    ServiceThread thread() {
        return parts.thread();
    }

    Lines lines() {
        return parts.lines();
    }

    Past past() {
        return parts.past();
    }

    ConsoleAudit audit() {
        return parts.audit();
    }

    ConsoleBreaks breaks() {
        return parts.breaks();
    }

    ConsoleOptions options() {
        return parts.options();
    }

    /** Whether a viewer may; told where not. */
    boolean allows(Viewer viewer, ConsoleRight right, PartitionName name) {
        if (parts.rights().allow(viewer.caller(), right, name)) {
            return true;
        }
        Problem problem = missing(viewer.caller(), right, name);
        note(viewer.caller(), right.word(), name, Optional.of(problem.code()));
        viewer.tell(new ServerMessage.Refused(
                problem.code(), problem.detail(), problem.remedy().orElse("")));
        return false;
    }

    void left(Viewer viewer) {
        viewerCount--;
    }

    /** Writes down who types now, in the name of that one. */
    void wrote(ConsoleFeed feed, LeaseNews.Changed changed) {
        String cause = changed.cause().name().toLowerCase(Locale.ROOT).replace('_', '-');
        feed.viewers().stream()
                .filter(each ->
                        changed.to().isPresent() && each.id() == changed.to().getAsLong())
                .findFirst()
                .ifPresent(writer -> note(
                        writer.caller(),
                        withReason("console-writer-" + cause, changed.reason()),
                        feed.name(),
                        Optional.empty()));
    }

    private void note(Caller caller, String verb, PartitionName name, Optional<ProblemCode> problem) {
        parts.audit().note(caller, verb, name, problem);
    }

    // ---- what there is

    /** Whether somebody may view a console, and read its log. */
    public boolean mayRead(PartitionName name, Caller caller) {
        return parts.rights().allow(caller, ConsoleRight.READ, name);
    }

    /** The consoles that somebody may read. */
    public List<ConsoleReport> reports(Caller caller) {
        return feeds.values().stream()
                .filter(feed -> parts.rights().allow(caller, ConsoleRight.READ, feed.name()))
                .map(ConsoleReport::of)
                .toList();
    }

    /** One of them; {@link Refusal} where there is none, or not for this caller. */
    public ConsoleReport report(PartitionName name, Caller caller) {
        return ConsoleReport.of(admit(name, caller, ClientMessage.Hello.view("", Start.now(), LagPolicy.FOLLOW)));
    }

    /** The manager's view of a console with the viewers and the writer that there are; of the manager the service is the only one. */
    public ConsoleStatus seen(PartitionName name, ConsoleStatus status) {
        ConsoleFeed feed = feeds.get(name);
        return new ConsoleStatus(
                status.offset(),
                feed == null ? 0 : feed.viewers().size(),
                feed == null ? Optional.empty() : feed.writer(),
                status.created(),
                status.start(),
                status.ring(),
                status.rate(),
                status.stalls(),
                status.skipped());
    }

    /** All of them, for metrics. */
    public List<ConsoleReport> reports() {
        return feeds.values().stream().map(ConsoleReport::of).toList();
    }

    /** Ends every viewer, who is told to come back, then the lines. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            stopTicking.run();
            feeds.values().forEach(feed -> feed.end(true, "the control plane ends"));
            parts.lines().close();
        }
    }
}
