package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class WaitVerbTest {
    private static final PartitionName DB = new PartitionName("db");

    private final CountDownLatch over = new CountDownLatch(1);
    private FakeApi api;

    @TempDir
    private Path directory;

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectory(directory.resolve("control"));
        api = new FakeApi(directory.resolve("control/api.sock"));
        is(State.BOUND);
        quiet();
    }

    @AfterEach
    void end() throws IOException {
        over.countDown();
        api.close();
    }

    private void is(State state) {
        api.answer("GET /v1/partitions", Samples.list(Samples.status("db", state)));
        api.answer("GET /v1/partitions/db", Samples.json(Samples.status("db", state)));
    }

    /** Events of which there are none. */
    private void quiet() {
        api.stream((order, stream) -> {
            begin(stream);
            hold();
        });
    }

    private static void begin(FakeApi.Stream stream) throws IOException {
        stream.send(Frame.reply(new Reply.StreamOpened(0)));
        stream.send(Frame.stream(new StreamMessage.CaughtUp(7)));
    }

    private void hold() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private CliRun.Outcome run(String... args) {
        return new CliRun(directory).run(args);
    }

    private long looks() {
        return api.requests().stream()
                .filter(request -> request.startsWith("GET /v1/partitions/db"))
                .count();
    }

    @ParameterizedTest
    @CsvSource({
        "bound, BOUND",
        "stopped, BOUND",
        "stopped, DEFINED",
        "stopped, FAILED",
        "running, RUNNING",
        "paused, PAUSED",
        "defined, DEFINED",
        "failed, FAILED",
        "held, RUNNING"
    })
    void endsAtOnceWhereItIsSoAlready(String condition, State state) {
        is(state);

        CliRun.Outcome outcome = run("wait", "db", "--for", condition);

        assertThat(outcome).isEqualTo(new CliRun.Outcome(0, "", "db: " + condition + "\n"));
        assertThat(looks()).isEqualTo(1);
    }

    @Test
    void looksAgainOnlyWhenSomethingHasHappenedToThePartition() {
        api.stream((order, stream) -> {
            begin(stream);
            await().until(() -> looks() == 1);
            stream.send(event(8, new Event.PartitionStarting(new PartitionName("web"))));
            stream.send(event(9, new Event.PartitionStarting(DB)));
            is(State.RUNNING);
            stream.send(event(10, new Event.PartitionStarted(DB, 17)));
            hold();
        });

        CliRun.Outcome outcome = run("wait", "db", "--for", "running", "--timeout", "20s");

        assertThat(outcome.code()).isZero();
        assertThat(looks()).isBetween(2L, 3L);
        assertThat(api.requests()).contains("ORDER {\"type\":\"follow-events\",\"afterSequence\":9223372036854775807}");
    }

    private static Frame event(long sequence, Event event) {
        return Frame.event(new EventRecord(sequence, 0, event));
    }

    @Test
    void looksAtAllAfterAGap() {
        api.stream((order, stream) -> {
            begin(stream);
            await().until(() -> looks() == 1);
            is(State.RUNNING);
            stream.send(Frame.stream(new StreamMessage.Gap(8, 99)));
            hold();
        });

        assertThat(run("wait", "db", "--for", "running", "--timeout", "20s").code())
                .isZero();
    }

    @Test
    void endsWith8WhenTheTimeIsOver() {
        CliRun.Outcome outcome = run("wait", "db", "--for", "running", "--timeout", "50ms");

        assertThat(outcome.code()).isEqualTo(8);
        assertThat(outcome.err()).startsWith("bulkhead: not running after 50 ms: db is bound");
    }

    @Test
    void knowsHeldAndDegraded() {
        PartitionStatus sound = Samples.status("db", State.RUNNING);
        PartitionStatus broken = new PartitionStatus(
                sound.name(),
                sound.state(),
                sound.reason(),
                List.of("memory: somebody wrote to it"),
                sound.definition(),
                sound.init(),
                sound.slice(),
                sound.promises(),
                sound.console(),
                sound.pid(),
                sound.uidRange(),
                sound.generation(),
                sound.startedAtMillis(),
                sound.isolation(),
                sound.intrusion());

        assertThat(WaitCondition.HELD.holds(Optional.of(sound))).isTrue();
        assertThat(WaitCondition.HELD.holds(Optional.of(broken))).isFalse();
        assertThat(WaitCondition.DEGRADED.holds(Optional.of(broken))).isTrue();
        assertThat(WaitCondition.DEGRADED.holds(Optional.of(sound))).isFalse();
        assertThat(WaitCondition.GONE.holds(Optional.of(sound))).isFalse();
    }

    @Test
    void waitsForOneToBeGone() {
        assertThat(run("wait", "other", "--for", "gone").code()).isZero();
        assertThat(run("wait", "other", "--for", "running").code()).isEqualTo(3);
        assertThat(run("wait", "db", "--for", "gone", "--timeout", "50ms").code())
                .isEqualTo(8);
    }

    @Test
    void saysSoWhenTheEventsEnd() {
        api.stream((order, stream) -> begin(stream));

        assertThat(run("wait", "db", "--for", "running").code()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({
        "wait db --for runing, did you mean running?",
        "wait db --for running --timeout 1day, is not a time",
        "wait db, either --for or --console",
        "wait --for running, Missing required parameter"
    })
    void refusesWhatItDoesNotUnderstand(String command, String said) {
        CliRun.Outcome outcome = run(command.split(" "));

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).containsIgnoringCase(said);
    }

    // ---- consoles

    private void says(String... pieces) {
        api.console((hello, console) -> {
            console.opened(0, ServerMessage.Role.VIEWS);
            long offset = 0;
            for (String piece : pieces) {
                console.output(offset, piece);
                offset += piece.length();
            }
            hold();
        });
    }

    @Test
    void waitsUntilAConsoleSaysSo() {
        says("boot\r\n", "\u001b[1mlog", "in\u001b[0m: ");

        CliRun.Outcome outcome = run("wait", "db", "--console", "^log.n:", "--timeout", "20s");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).contains("db: login:");
        assertThat(api.requests()).anyMatch(each -> each.startsWith("HELLO") && each.contains("kind=RUN"));
    }

    @Test
    void goesOnWaitingForAConsoleWhenTheConnectionBreaks() {
        AtomicInteger attached = new AtomicInteger();
        api.console((hello, console) -> {
            if (attached.incrementAndGet() == 1) {
                console.opened(0, ServerMessage.Role.VIEWS);
                console.output(0, "log");
            } else {
                console.opened(hello.start().amount(), ServerMessage.Role.VIEWS);
                console.output(hello.start().amount(), "in:");
                hold();
            }
        });

        assertThat(run("wait", "db", "--console", "login:", "--from", "0").code())
                .isZero();
    }

    @Test
    void givesUpOnAConsoleThatDoesNotSaySo() {
        says("something else");

        CliRun.Outcome outcome = run("wait", "db", "--console", "login:", "--timeout", "300ms");

        assertThat(outcome.code()).isEqualTo(8);
        assertThat(outcome.err()).contains("has not put out 'login:'");
    }

    @Test
    void refusesToWaitForTwoThingsForNoneAndForNoPattern() {
        assertThat(run("wait", "db", "--console", "x", "--for", "held").code()).isEqualTo(2);
        assertThat(run("wait", "db").code()).isEqualTo(2);
        assertThat(run("wait", "db", "--console", "(").code()).isEqualTo(2);
        assertThat(run("wait", "db", "--for", "held", "--from", "3").code()).isEqualTo(2);
    }
}
