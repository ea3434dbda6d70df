package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Consoles and commands, without a terminal. */
@Timeout(30)
class StreamVerbsTest {
    private FakeApi api;

    @TempDir
    private Path directory;

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectory(directory.resolve("control"));
        api = new FakeApi(directory.resolve("control/api.sock"));
        api.answer("GET /v1/partitions/db", Samples.json(Samples.status("db", State.RUNNING)));
    }

    @AfterEach
    void end() throws IOException {
        api.close();
    }

    @Test
    void passesACommandsStreamsAndItsExitCode() {
        api.stream((order, stream) -> {
            stream.send(Frame.reply(new Reply.StreamOpened(0)));
            String typed = received(stream);
            stream.output("out " + typed);
            stream.send(new Frame(Frame.Kind.ERROR_OUTPUT, "err".getBytes(StandardCharsets.UTF_8)));
            stream.send(Frame.stream(new StreamMessage.Exited(42)));
        });

        CliRun.Outcome outcome =
                new CliRun(directory).typing("typed", false).run("exec", "db", "-e", "A=b", "--", "cat", "-n");

        assertThat(outcome).isEqualTo(new CliRun.Outcome(42, "out typed", "err"));
        assertThat(api.requests())
                .contains("ORDER {\"type\":\"execute-command\",\"name\":\"db\",\"command\":[\"cat\",\"-n\"],"
                        + "\"environment\":{\"A\":\"b\"}}");
    }

    /** Everything up to the end of input. */
    private static String received(FakeApi.Stream stream) throws IOException {
        StringBuilder typed = new StringBuilder();
        for (Optional<Frame> frame = stream.receive(); frame.isPresent(); frame = stream.receive()) {
            if (frame.get().kind() == Frame.Kind.INPUT) {
                typed.append(new String(frame.get().payload(), StandardCharsets.UTF_8));
            } else if (frame.get().as(StreamMessage.class) instanceof StreamMessage.EndOfInput) {
                return typed.toString();
            }
        }
        return typed + " (cut)";
    }

    @Test
    void saysSoWhenTheConnectionEndsBeforeTheCommand() {
        api.stream((order, stream) -> stream.send(Frame.reply(new Reply.StreamOpened(0))));

        CliRun.Outcome outcome = new CliRun(directory).run("exec", "db", "--", "true");

        assertThat(outcome.code()).isEqualTo(7);
        assertThat(outcome.err()).contains("ended before the command");
    }

    @Test
    void typesWhatComesThroughAPipeAndLeavesWhenItIsQuiet() {
        StringBuilder typed = new StringBuilder();
        api.console((hello, console) -> {
            console.opened(0, ServerMessage.Role.WRITES);
            console.output(0, "history");
            if (console.receive().orElseThrow() instanceof ClientMessage.Input input) {
                typed.append(StandardCharsets.UTF_8.decode(input.bytes()));
            }
            console.output(7, "answer");
            console.receive();
        });

        CliRun.Outcome outcome = new CliRun(directory).typing("date\n", false).run("console", "db");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).isEqualTo("historyanswer");
        assertThat(typed).hasToString("date\n");
        assertThat(outcome.err()).contains("[typing to db]", "[left the console of db]");
    }

    @Test
    void watchesWhereSomebodyElseTypes() {
        api.console((hello, console) -> {
            console.send(new ServerMessage.Opened(
                    0, 0, "first", "me#2", ServerMessage.Role.waits(1), Optional.of("root#1"), 1 << 10));
            console.output(0, "seen");
            console.send(new ServerMessage.End(false, "over"));
        });

        CliRun.Outcome outcome = new CliRun(directory).run("console", "db");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).isEqualTo("seen");
        assertThat(outcome.err()).contains("[watching db; root#1 types, you are next]", "[over]", "has ended");
    }

    @Test
    void watchesWhereTypingIsNotPermitted() {
        api.console((hello, console) -> {
            if (hello.wish() == Wish.VIEW) {
                console.opened(0, ServerMessage.Role.VIEWS);
                console.send(new ServerMessage.End(false, "over"));
            } else {
                console.send(new ServerMessage.Refused(ProblemCode.NOT_PERMITTED, "no right console-write", ""));
            }
        });

        assertThat(new CliRun(directory).run("console", "db").err())
                .contains("[no right console-write]", "[watching db]");
        assertThat(new CliRun(directory).run("console", "db", "--take-over").code())
                .isEqualTo(6);
    }

    @Test
    void marksGapsAndTellsWhoTypesNow() {
        api.console((hello, console) -> {
            console.opened(0, ServerMessage.Role.VIEWS);
            console.output(0, "a");
            console.send(new ServerMessage.Gap(1, 101, ServerMessage.Gap.Loss.SLOW));
            console.output(101, "b");
            console.send(new ServerMessage.WriterChanged(
                    Optional.of("kim"),
                    ServerMessage.Role.VIEWS,
                    ServerMessage.WriterChanged.Cause.TAKEN_OVER,
                    "maintenance\u009b6n"));
            console.send(new ServerMessage.End(false, "over"));
        });

        CliRun.Outcome outcome = new CliRun(directory).run("console", "db", "--view");

        assertThat(outcome.out()).isEqualTo("ab");
        assertThat(outcome.err()).contains("100 bytes of output are lost here", "kim types now (maintenance)");
    }

    @Test
    void goesOnAtTheNextOffsetWhenTheConnectionBreaks() {
        List<ClientMessage.Hello> hellos = new CopyOnWriteArrayList<>();
        api.console((hello, console) -> {
            hellos.add(hello);
            if (hellos.size() == 1) {
                console.opened(10, ServerMessage.Role.WRITES);
                console.output(10, "one ");
                // And the connection breaks.
            } else {
                console.opened(hello.start().amount(), ServerMessage.Role.WRITES);
                console.output(hello.start().amount(), "two");
                console.send(new ServerMessage.End(false, "over"));
            }
        });

        CliRun.Outcome outcome = new CliRun(directory).run("console", "db", "--view");

        assertThat(outcome.out()).isEqualTo("one two");
        assertThat(hellos.get(1).start()).isEqualTo(Start.at(14));
        assertThat(hellos.get(1).wish()).isEqualTo(Wish.RESUME);
        assertThat(outcome.err()).contains("attaching again at 14");
    }

    @Test
    void endsWhereTheConsoleWasMadeAnewMeanwhile() {
        AtomicInteger attached = new AtomicInteger();
        api.console((hello, console) -> {
            String creation = attached.incrementAndGet() == 1 ? "first" : "second";
            console.send(new ServerMessage.Opened(
                    0, 0, creation, "me#2", ServerMessage.Role.VIEWS, Optional.empty(), 1 << 10));
            console.output(0, "x");
        });

        CliRun.Outcome outcome = new CliRun(directory).run("console", "db", "--view");

        assertThat(outcome.out()).isEqualTo("x");
        assertThat(outcome.err()).contains("has ended");
    }

    @Test
    void givesCreditBackForWhatItHasShown() {
        AtomicLong credit = new AtomicLong();
        api.console((hello, console) -> {
            console.opened(0, ServerMessage.Role.VIEWS);
            for (int i = 0; i < 4; i++) {
                console.output(i * 16_384L, "x".repeat(16_384));
            }
            if (console.receive().orElseThrow() instanceof ClientMessage.Credit more) {
                credit.set(more.bytes());
            }
            console.send(new ServerMessage.End(false, "over"));
        });

        assertThat(new CliRun(directory).run("console", "db", "--view").out()).hasSize(65_536);
        assertThat(credit).hasValue(65_536);
    }

    @Test
    void refusesWhatExcludesEachOther() {
        assertThat(new CliRun(directory)
                        .run("console", "db", "--from", "1", "--replay", "2")
                        .code())
                .isEqualTo(2);
        assertThat(new CliRun(directory).run("console", "db", "--reason", "x").code())
                .isEqualTo(2);
        assertThat(new CliRun(directory).run("console", "db", "--from", "-1").code())
                .isEqualTo(2);
    }

    private void serveHistory() {
        api.stream((order, stream) -> {
            stream.send(Frame.reply(new Reply.StreamOpened(0)));
            stream.output("one\ntwo\n\u001b[6n\u001b[31mthree\u001b[0m\n");
        });
    }

    @Test
    void showsTheLastLinesOfTheLog() {
        serveHistory();

        assertThat(new CliRun(directory).run("logs", "db", "-n", "2").out())
                .isEqualTo("two\n\u001b[6n\u001b[31mthree\u001b[0m\n");
        assertThat(new CliRun(directory).run("logs", "db", "-n", "0").out()).isEmpty();
        assertThat(new CliRun(directory).run("logs", "db", "--lines", "99").out())
                .startsWith("one\n");
    }

    @Test
    void makesTheLogHarmlessForATerminalUnlessRawIsAsked() {
        serveHistory();

        assertThat(new CliRun(directory).typing("", true).run("logs", "db").out())
                .isEqualTo("one\ntwo\nthree\n");
        assertThat(new CliRun(directory)
                        .typing("", true)
                        .run("logs", "db", "--raw")
                        .out())
                .contains("\u001b[6n");
    }

    @Test
    void followsTheEventsWithGaps() {
        api.stream((order, stream) -> {
            stream.send(Frame.reply(new Reply.StreamOpened(0)));
            stream.send(Frame.stream(new StreamMessage.Gap(1, 5)));
            stream.send(Frame.event(new EventRecord(5, 0, new Event.ManagerStarted("0.1.0"))));
        });

        CliRun.Outcome outcome = new CliRun(directory).run("events", "-f");

        assertThat(outcome.out()).contains("5  manager-started").contains("managerVersion=0.1.0");
        assertThat(outcome.err()).contains("the events 1 to 4");
    }
}
