package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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
        api.stream((order, stream) -> {
            stream.send(Frame.reply(new Reply.StreamOpened(0)));
            stream.output("history");
            stream.receive().ifPresent(frame -> typed.append(new String(frame.payload(), StandardCharsets.UTF_8)));
            stream.output("answer");
            stream.receive();
        });

        CliRun.Outcome outcome = new CliRun(directory).typing("date\n", false).run("console", "db");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).isEqualTo("historyanswer");
        assertThat(typed).hasToString("date\n");
        assertThat(outcome.err()).contains("[typing to db]", "[left the console of db]");
    }

    @Test
    void watchesWhereSomebodyElseTypes() {
        api.stream((order, stream) -> {
            boolean writes = order instanceof Order.OpenConsole console && console.write();
            if (writes) {
                stream.send(Frame.reply(
                        new Reply.Refused(Problem.of(ProblemCode.CONFLICT, "root#1 types to this console"))));
            } else {
                stream.send(Frame.reply(new Reply.StreamOpened(0)));
                stream.output("seen");
            }
        });

        CliRun.Outcome outcome = new CliRun(directory).run("console", "db");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).isEqualTo("seen");
        assertThat(outcome.err()).contains("root#1 types to this console", "[watching db]", "has ended");
    }

    @Test
    void marksGapsAndTellsWhoTypesNow() {
        api.stream((order, stream) -> {
            stream.send(Frame.reply(new Reply.StreamOpened(0)));
            stream.output("a");
            stream.send(Frame.stream(new StreamMessage.Gap(1, 101)));
            stream.output("b");
            stream.send(Frame.stream(new StreamMessage.WriterChanged("kim")));
        });

        CliRun.Outcome outcome = new CliRun(directory).run("console", "db", "--view");

        assertThat(outcome.out()).isEqualTo("ab");
        assertThat(outcome.err()).contains("100 bytes of output are lost here", "kim types now");
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
