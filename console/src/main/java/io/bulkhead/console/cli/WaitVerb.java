package io.bulkhead.console.cli;

import io.bulkhead.console.client.FrameStream;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead wait}: looks once, and again only when an event says that something has happened. */
@Command(
        name = "wait",
        description = {
            "Waits until partitions are as wanted, or their consoles say something; ends at once where that is so already.",
            "Ends with 8 when the time is over, and with 3 when there is no such partition (any more) and that is not what is"
                    + " waited for."
        },
        footer = {
            "",
            "stopped: nothing of it runs, for whatever reason. bound: it holds its slice and nothing runs. defined: it holds"
                    + " none. held: it holds a slice and every promise is kept. degraded: one is not. gone: there is no such"
                    + " partition.",
            "For example: bulkhead start db && bulkhead wait db --console 'login:' --timeout 1min"
        })
final class WaitVerb extends Verb {
    private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,6})(ms|s|min|h)?");

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "which partitions")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--for",
            paramLabel = "WHAT",
            completionCandidates = Words.class,
            description = "${COMPLETION-CANDIDATES}")
    private Optional<String> what = Optional.empty();

    @Option(
            names = "--console",
            paramLabel = "REGEX",
            description =
                    "instead: until its console has put out what this finds (java.util.regex), escape sequences left out,"
                            + " a few KiB long at most; begins where the present run began")
    private Optional<String> console = Optional.empty();

    @Option(
            names = "--from",
            paramLabel = "OFFSET",
            description = "look at the console from this offset on, like that of 'show' before it was started")
    private Optional<Long> from = Optional.empty();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "how long to wait at most, like 30s or 5min (default: without end)")
    private Optional<String> timeout = Optional.empty();

    WaitVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    /** The words for {@code --for}. */
    static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return WaitCondition.words().iterator();
        }
    }

    @Override
    public Integer call() throws IOException {
        if (what.isPresent() == console.isPresent() || from.isPresent() && console.isEmpty()) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "what to wait for is said by either --for or --console; --from goes with the latter");
        }
        Optional<Duration> atMost = timeout.map(WaitVerb::duration);
        if (console.isPresent()) {
            return awaitConsoles(pattern(console.get()), atMost);
        }
        WaitCondition condition = condition(what.get());
        List<PartitionName> waiting = new ArrayList<>(
                names.stream().map(PartitionName::parse).distinct().toList());
        AtomicBoolean late = new AtomicBoolean();
        // The last number there can be: nothing of the past is sent, only what happens from now on.
        try (FrameStream events = api().openStream(new Order.FollowEvents(Long.MAX_VALUE));
                Alarm alarm = new Alarm()) {
            atMost.ifPresent(time -> alarm.set(time, () -> end(events, late)));
            awaitEach(events, condition, waiting);
        } catch (IOException | NoSuchElementException e) {
            if (late.get()) {
                throw lateness(waiting, atMost.orElseThrow(), e);
            }
            throw new Refusal(
                    Problem.of(
                            ProblemCode.UNREACHABLE, "the events have ended: the control plane or the manager is gone"),
                    e);
        }
        return DONE;
    }

    private static WaitCondition condition(String word) {
        return WaitCondition.of(word)
                .orElseThrow(() -> Refusal.of(
                        ProblemCode.INVALID_REQUEST,
                        "there is no waiting for '" + word + "'" + NearestWord.hint(word, WaitCondition.words()),
                        "wait for " + String.join(", ", WaitCondition.words())));
    }

    // ---- consoles

    private static Pattern pattern(String regex) {
        try {
            return Pattern.compile(regex, Pattern.MULTILINE);
        } catch (PatternSyntaxException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.INVALID_REQUEST,
                            "'" + regex + "' is no regular expression: " + e.getDescription()),
                    e);
        }
    }

    private int awaitConsoles(Pattern pattern, Optional<Duration> atMost) throws IOException {
        long begin = System.nanoTime();
        for (PartitionName name :
                names.stream().map(PartitionName::parse).distinct().toList()) {
            awaitConsole(name, pattern, atMost.map(time -> time.minusNanos(System.nanoTime() - begin)), atMost);
        }
        return DONE;
    }

    private void awaitConsole(PartitionName name, Pattern pattern, Optional<Duration> left, Optional<Duration> atMost)
            throws IOException {
        Start start = from.map(Start::at).orElseGet(Start::run);
        try (ConsoleWait wait = new ConsoleWait(api(), name, pattern, start);
                Alarm alarm = new Alarm()) {
            left.ifPresent(time -> alarm.set(time.isNegative() ? Duration.ZERO : time, () -> closing(wait)));
            Optional<String> found = new Partitions(api()).guessing(name, () -> found(wait));
            if (found.isEmpty()) {
                throw Refusal.of(
                        ProblemCode.TIMED_OUT,
                        "the console of " + name + " has not put out '" + pattern + "' after "
                                + atMost.map(Duration::toMillis).orElse(0L) + " ms");
            }
            bulkhead().remark(name + ": " + found.get());
        }
    }

    private static Optional<String> found(ConsoleWait wait) {
        try {
            return wait.await();
        } catch (IOException e) {
            throw new Refusal(Problem.of(ProblemCode.UNREACHABLE, "the console is out of reach: " + e.getMessage()), e);
        }
    }

    private static void closing(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing a socket failed", e);
        }
    }

    // ---- states

    private void awaitEach(FrameStream events, WaitCondition condition, List<PartitionName> waiting)
            throws IOException {
        awaitBeginning(events);
        waiting.removeIf(name -> isSo(name, condition));
        while (!waiting.isEmpty()) {
            Frame frame = next(events);
            if (isGap(frame)) {
                waiting.removeIf(name -> isSo(name, condition));
            } else {
                partition(frame)
                        .filter(waiting::contains)
                        .filter(name -> isSo(name, condition))
                        .ifPresent(waiting::remove);
            }
        }
    }

    /** What happens after this point is among the events. */
    private static void awaitBeginning(FrameStream events) throws IOException {
        Optional<StreamMessage> said = message(next(events));
        while (said.filter(StreamMessage.CaughtUp.class::isInstance).isEmpty()) {
            said = message(next(events));
        }
    }

    private static Frame next(FrameStream events) throws IOException {
        return events.receive().orElseThrow();
    }

    /** Events that were lost may have been about anybody. */
    private static boolean isGap(Frame frame) {
        return message(frame).filter(StreamMessage.Gap.class::isInstance).isPresent();
    }

    /** What is said beside the events. */
    private static Optional<StreamMessage> message(Frame frame) {
        Json json = JsonReader.read(frame.payload());
        return json instanceof Json.Obj object && object.members().containsKey("type")
                ? Optional.of(RecordCodec.decode(StreamMessage.class, json))
                : Optional.empty();
    }

    /** Whose event it is, if it is one about a partition. */
    private static Optional<PartitionName> partition(Frame frame) {
        if (message(frame).isPresent()) {
            return Optional.empty();
        }
        Json.Obj members =
                RecordCodec.encode((Record) frame.as(EventRecord.class).event());
        return members.members().get("partition") instanceof Json.Text name
                ? Optional.of(PartitionName.parse(name.value()))
                : Optional.empty();
    }

    private boolean isSo(PartitionName name, WaitCondition condition) {
        Optional<PartitionStatus> status = status(name);
        if (condition.holds(status)) {
            bulkhead().remark(name + ": " + condition.word());
            return true;
        }
        if (status.isEmpty()) {
            // Says what there is instead.
            new Partitions(api()).show(name);
        }
        return false;
    }

    private Optional<PartitionStatus> status(PartitionName name) {
        try {
            return Optional.of(Partitions.decode(api().get(Partitions.path(name))));
        } catch (Refusal e) {
            if (e.problem().code() == ProblemCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    // ---- time

    /** Rings once when a time is over, if one was set. */
    private static final class Alarm implements AutoCloseable {
        private final Timer timer = new Timer("alarm", true);

        void set(Duration time, Runnable ring) {
            timer.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            ring.run();
                        }
                    },
                    time.toMillis());
        }

        @Override
        public void close() {
            timer.cancel();
        }
    }

    private static void end(FrameStream events, AtomicBoolean late) {
        late.set(true);
        closing(events);
    }

    private Refusal lateness(List<PartitionName> waiting, Duration atMost, Exception cause) {
        List<String> states = new ArrayList<>();
        for (PartitionName name : waiting) {
            states.add(status(name)
                    .map(status -> name + " is " + status.state().name().toLowerCase(Locale.ROOT)
                            + status.reason().map(text -> " (" + text + ")").orElse("")
                            + (status.degraded().isEmpty() ? "" : ", degraded"))
                    .orElse(name + " is not there"));
        }
        return new Refusal(
                Problem.of(
                        ProblemCode.TIMED_OUT,
                        "not " + what.orElse("") + " after " + atMost.toMillis() + " ms: " + String.join("; ", states)),
                cause);
    }

    private static Duration duration(String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "'" + text + "' is not a time; write a whole number and its unit (ms, s, min, h), like 30s");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (Optional.ofNullable(matcher.group(2)).orElse("s")) {
            case "ms" -> Duration.ofMillis(count);
            case "min" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofSeconds(count);
        };
    }
}
