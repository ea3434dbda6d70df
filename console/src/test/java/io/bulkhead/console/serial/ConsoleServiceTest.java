package io.bulkhead.console.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.Role;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.ClientMessage.Hello;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service with everything around it under the test's hand. */
class ConsoleServiceTest {
    private static final PartitionName DB = new PartitionName("db");
    private static final Caller ANN = caller("ann", Role.OPERATOR);
    private static final Caller VIC = caller("vic", Role.VIEWER);
    private static final Hello RAW =
            Hello.view("", Start.now(), LagPolicy.COMPLETE).raw(true);

    private FakeThread thread;
    private FakeLines lines;
    private FakeLogs logs;
    private List<String> audit;
    private ConsoleService service;

    private static Caller caller(String name, Role role) {
        return new Caller(name, Optional.of(role), Caller.Transport.UNIX, "group " + name);
    }

    @BeforeEach
    @BeforeTry
    void serve() {
        thread = new FakeThread();
        lines = new FakeLines();
        logs = new FakeLogs();
        audit = new ArrayList<>();
        service = serving(ConsoleRights.byRole(), ConsoleOptions.DEFAULT);
    }

    private ConsoleService serving(ConsoleRights rights, ConsoleOptions options) {
        ConsoleService made = new ConsoleService(new ConsoleService.Parts(
                thread,
                lines,
                logs,
                logs,
                rights,
                (caller, verb, partition, problem) -> audit.add(caller.name() + " " + verb + " " + partition
                        + problem.map(code -> " " + code).orElse("")),
                name -> CompletableFuture.completedFuture("tasks 3\nstate running"),
                options));
        made.start();
        thread.run();
        return made;
    }

    private record Looking(Viewer viewer, FakeSink sink) {}

    private Looking attach(Caller caller, Hello hello) {
        FakeSink sink = new FakeSink();
        Viewer viewer = service.attach(DB, caller, hello, sink);
        thread.run();
        return new Looking(viewer, sink);
    }

    private void put(String text) {
        lines.line().put(text);
        thread.run();
    }

    private static ClientMessage.Input keys(String text) {
        return new ClientMessage.Input(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    // ---- the stream

    @Test
    void beginsWhereTheLogEndsAndGivesItEverything() {
        logs.endAt(40);
        lines.has("db", 100, 0, "c1");

        assertThat(lines.line().from()).isZero();
        lines.line().put("x".repeat(100));
        lines.line().lose(7);
        lines.line().mark(StreamMessage.Mark.Kind.RUN_BEGAN, 5);
        lines.line().mark(StreamMessage.Mark.Kind.RUN_BEGAN, 5);
        lines.line().put("after");

        assertThat(logs.of("db").entries())
                .containsExactly(
                        "mark 0 RESTART the console service began",
                        "output 40 " + "x".repeat(60),
                        "gap 100 107",
                        "mark 107 RUN a run began",
                        "output 107 after");
    }

    @Test
    void tellsTheLogOfWhatTheManagerNoLongerHas() {
        logs.endAt(40);
        lines.has("db", 3_000_000, 1_000_000, "c1");

        assertThat(lines.line().from()).isEqualTo(1_000_000);
        assertThat(logs.of("db").entries()).startsWith("gap 40 1000000");
    }

    @Test
    void asksTheManagerForNoMoreThanRingAndLogWant() {
        logs.endAt(9_999_000);
        lines.has("db", 10_000_000, 0, "c1");

        assertThat(lines.line().from()).isEqualTo(10_000_000 - (1 << 20));
    }

    @Test
    void showsTheSameToEverybody() {
        lines.has("db", 0, 0, "c1");
        put("past ");
        Looking first = attach(ANN, RAW.from(Start.at(2)));
        Looking second = attach(VIC, RAW);
        put("now");

        assertThat(first.sink().text()).isEqualTo("st now");
        assertThat(second.sink().text()).isEqualTo("now");
        assertThat(first.sink().last(ServerMessage.Opened.class).orElseThrow())
                .isEqualTo(new ServerMessage.Opened(
                        2, 5, "c1", "ann#1", ServerMessage.Role.VIEWS, Optional.empty(), Viewer.INPUT_CREDIT));
    }

    @Test
    void givesNoMoreThanThereIsCreditFor() {
        lines.has("db", 0, 0, "c1");
        Looking slow = attach(ANN, RAW.crediting(10));
        Looking quick = attach(ANN, RAW);
        put("0123456789abcdef");
        assertThat(slow.sink().text()).isEqualTo("0123456789");
        assertThat(quick.sink().text()).hasSize(16);

        slow.viewer().receive(new ClientMessage.Credit(4));
        assertThat(slow.sink().text()).isEqualTo("0123456789abcd");
        slow.sink().writable(false);
        slow.viewer().receive(new ClientMessage.Credit(100));
        assertThat(slow.sink().text()).hasSize(14);
        slow.sink().writable(true);
        slow.viewer().writable();
        assertThat(slow.sink().text()).hasSize(16);
    }

    @Test
    void readsFromTheLogWhatTheRingNoLongerHas() {
        lines.has("db", 0, 0, "c1");
        put("begin");
        for (int i = 0; i < 100; i++) {
            put("x".repeat(20_000));
        }
        Looking all = attach(ANN, RAW.from(Start.at(0)).crediting(1 << 21));
        assertThat(all.sink().text()).startsWith("begin").hasSize(2_000_005);
        assertThat(all.sink().skipped()).isZero();
    }

    @Test
    void saysWhatNobodyHasAnyMore() {
        logs.endAt(2_000_000);
        lines.has("db", 3_000_000, 2_000_000, "c1");
        Looking old = attach(ANN, RAW.from(Start.at(5)));

        assertThat(old.sink().messages()).contains(new ServerMessage.Gap(5, 2_000_000, ServerMessage.Gap.Loss.OLD));
        assertThat(old.sink().balances()).isTrue();
    }

    @Test
    void refusesAStartThatHasNotComeYet() {
        lines.has("db", 0, 0, "c1");
        put("12345");

        assertThatThrownBy(() -> attach(ANN, RAW.from(Start.at(6))))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.problem().code()).isEqualTo(ProblemCode.CONFLICT));
    }

    @Test
    void beginsWithLinesBytesOrTheRun() {
        lines.has("db", 0, 0, "c1");
        put("old run\n");
        lines.line().mark(StreamMessage.Mark.Kind.RUN_BEGAN, 1);
        put("one\ntwo\n");

        assertThat(attach(ANN, RAW.from(Start.lines(1))).sink().text()).isEqualTo("two\n");
        assertThat(attach(ANN, RAW.from(Start.bytes(5))).sink().text()).isEqualTo("\ntwo\n");
        assertThat(attach(ANN, RAW.from(Start.bytes(500))).sink().text()).hasSize(16);
        assertThat(attach(ANN, RAW.from(Start.run())).sink().text()).isEqualTo("one\ntwo\n");
    }

    // ---- replay

    @Test
    void takesOutOfThePastWhatATerminalWouldAnswer() {
        lines.has("db", 0, 0, "c1");
        put("a\u001b[6nb\u001b[c\u001b[31mc");
        Looking safe = attach(ANN, RAW.raw(false).from(Start.at(0)));
        put("d\u001b[6ne");

        assertThat(safe.sink().text()).isEqualTo("ab\u001b[31mcd\u001b[6ne");
        assertThat(safe.sink().balances()).isTrue();
        assertThat(safe.sink().position()).isEqualTo(logs.of("db").end());
    }

    @Test
    void takesOutAQueryThatEndsInThePresent() {
        lines.has("db", 0, 0, "c1");
        put("a\u001b[");
        Looking safe = attach(ANN, RAW.raw(false).from(Start.at(0)));
        put("6nb");
        put("\u001b[6nc");

        assertThat(safe.sink().text()).isEqualTo("ab\u001b[6nc");
        assertThat(safe.sink().balances()).isTrue();
    }

    @Test
    void aStringThatNeverEndsHidesLittleOfThePresent() {
        lines.has("db", 0, 0, "c1");
        put("a\u001b]2;");
        Looking safe = attach(ANN, RAW.raw(false).from(Start.at(0)));
        put("x".repeat(5_000));
        put("visible");

        assertThat(safe.sink().text()).endsWith("visible");
    }

    @Test
    void setsTheModesThatHoldWhereItBegins() {
        lines.has("db", 0, 0, "c1");
        put("\u001b[?1049h\u001b[?25lfull screen");
        Looking late = attach(ANN, RAW.raw(false));
        put("!");

        assertThat(late.sink().text()).isEqualTo("\u001b[?25l\u001b[?1049h!");
        assertThat(attach(ANN, RAW).sink().text()).isEmpty();
    }

    @Test
    void setsTheModesAgainAfterAJump() {
        lines.has("db", 0, 0, "c1");
        Looking slow = attach(ANN, Hello.view("", Start.now(), LagPolicy.FOLLOW).crediting(1_000));
        put("\u001b[?1049h" + "x".repeat(400_000));
        slow.viewer().receive(new ClientMessage.Credit(100_000));

        assertThat(slow.sink().text()).contains("<gap>\u001b[?1049h");
        assertThat(slow.sink().last(ServerMessage.Gap.class).orElseThrow().cause())
                .isEqualTo(ServerMessage.Gap.Loss.SLOW);
        assertThat(slow.sink().balances()).isTrue();
    }

    // ---- typing

    @Test
    void onlyTheWriterTypes() {
        lines.has("db", 0, 0, "c1");
        Looking writer = attach(ANN, RAW.wishing(Wish.WRITE));
        Looking waiting = attach(ANN, RAW.wishing(Wish.WRITE));
        Looking viewing = attach(VIC, RAW);

        writer.viewer().receive(keys("w"));
        waiting.viewer().receive(keys("n"));
        viewing.viewer().receive(keys("n"));

        assertThat(lines.line().typed()).isEqualTo("w");
        assertThat(waiting.sink().last(ServerMessage.Credit.class).orElseThrow().bytes())
                .isEqualTo(1);
        writer.viewer().detach("");
        assertThat(waiting.sink()
                        .last(ServerMessage.WriterChanged.class)
                        .orElseThrow()
                        .role())
                .isEqualTo(ServerMessage.Role.WRITES);
        assertThat(viewing.sink()
                        .last(ServerMessage.WriterChanged.class)
                        .orElseThrow()
                        .writer())
                .contains("ann#2");
        waiting.viewer().receive(keys("x"));
        assertThat(lines.line().typed()).isEqualTo("wx");
    }

    @Test
    void holdsUpWhoTypesMoreThanThePartitionTakes() {
        lines.has("db", 0, 0, "c1");
        Looking writer = attach(ANN, RAW.wishing(Wish.WRITE));
        lines.line().holdUp();
        writer.viewer().receive(keys("x".repeat(Viewer.INPUT_CREDIT)));
        assertThat(writer.sink().all(ServerMessage.Credit.class)).isEmpty();

        lines.line().takeAll();
        assertThat(writer.sink().all(ServerMessage.Credit.class))
                .containsExactly(new ServerMessage.Credit(Viewer.INPUT_CREDIT));
        lines.line().holdUp();
        writer.viewer().receive(keys("x".repeat(Viewer.INPUT_CREDIT)));
        writer.viewer().receive(keys("x"));
        assertThat(writer.sink().last(ServerMessage.Refused.class).orElseThrow().code())
                .isEqualTo(ProblemCode.PROTOCOL_ERROR);
        assertThat(writer.sink().isClosed()).isTrue();
        assertThat(service.report(DB, ANN).viewers()).isEmpty();
    }

    @Test
    void owesInputCreditToAViewerThatTakesNothing() {
        lines.has("db", 0, 0, "c1");
        Looking writer = attach(ANN, RAW.wishing(Wish.WRITE));
        writer.sink().writable(false);
        for (int i = 0; i < 100; i++) {
            writer.viewer().receive(keys("x"));
        }
        assertThat(writer.sink().all(ServerMessage.Credit.class)).isEmpty();

        writer.sink().writable(true);
        writer.viewer().writable();
        assertThat(writer.sink().all(ServerMessage.Credit.class)).containsExactly(new ServerMessage.Credit(100));
    }

    @Test
    void theConsoleTakesTheSizeOfWhoeverTypesAndOfNobodyElse() {
        WindowSize small = new WindowSize(80, 24);
        WindowSize large = new WindowSize(200, 60);
        lines.has("db", 0, 0, "c1");
        Looking writer = attach(ANN, RAW.wishing(Wish.WRITE).sized(Optional.of(small)));
        Looking viewer = attach(VIC, RAW.sized(Optional.of(large)));
        viewer.viewer().receive(new ClientMessage.Resize(large));
        assertThat(lines.line().sizes()).as("attaching resizes nothing").isEmpty();

        writer.viewer().receive(keys("a"));
        writer.viewer().receive(keys("b"));
        assertThat(lines.line().sizes()).containsExactly(small);
        writer.viewer().receive(new ClientMessage.Resize(large));
        writer.viewer().receive(new ClientMessage.Resize(large));
        writer.viewer().receive(keys("c"));
        assertThat(lines.line().sizes()).containsExactly(small, large);
    }

    @Test
    void aTakeOverIsToldToAllAndWrittenDown() {
        lines.has("db", 0, 0, "c1");
        Looking first = attach(ANN, RAW.wishing(Wish.WRITE));
        Looking viewing = attach(VIC, RAW);
        Looking second =
                attach(caller("bob", Role.OPERATOR), RAW.wishing(Wish.TAKE_OVER).because("it hangs"));

        ServerMessage.WriterChanged told =
                viewing.sink().last(ServerMessage.WriterChanged.class).orElseThrow();
        assertThat(told.cause()).isEqualTo(ServerMessage.WriterChanged.Cause.TAKEN_OVER);
        assertThat(told.reason()).isEqualTo("it hangs");
        assertThat(told.writer()).contains("bob#3");
        assertThat(first.sink()
                        .last(ServerMessage.WriterChanged.class)
                        .orElseThrow()
                        .role())
                .isEqualTo(ServerMessage.Role.waits(1));
        assertThat(second.sink().last(ServerMessage.Opened.class).orElseThrow().role())
                .isEqualTo(ServerMessage.Role.WRITES);
        assertThat(audit)
                .containsExactly(
                        "ann console-writer-attached db",
                        "ann console-write db",
                        "vic console-view db",
                        "bob console-writer-taken-over (it hangs) db",
                        "bob console-take-over (it hangs) db");
        assertThat(logs.of("db").entries()).contains("mark 0 WRITER bob#3 types (taken over: it hangs)");
    }

    @Test
    void sendsABreakOnce() {
        lines.has("db", 0, 0, "c1");
        Looking writer = attach(ANN, RAW.wishing(Wish.WRITE));
        Looking viewing = attach(VIC, RAW);

        writer.viewer().receive(new ClientMessage.Break());
        viewing.viewer().receive(new ClientMessage.Break());
        thread.run();

        assertThat(viewing.sink().last(ServerMessage.Mark.class).orElseThrow().detail())
                .isEqualTo("break by ann#1: tasks 3\nstate running");
        assertThat(logs.of("db").entries()).contains("mark 0 BREAK break by ann#1: tasks 3");
        assertThat(viewing.sink()
                        .last(ServerMessage.Refused.class)
                        .orElseThrow()
                        .code())
                .isEqualTo(ProblemCode.NOT_PERMITTED);
        assertThat(audit).contains("ann console-break db", "vic console-write db NOT_PERMITTED");
    }

    // ---- rights

    @Test
    void heedsRolesAndGrants() {
        ConsoleRights rights = new ConsoleRights(
                Map.of(
                        ConsoleRight.READ, Role.OPERATOR,
                        ConsoleRight.WRITE, Role.ADMIN,
                        ConsoleRight.TAKE_OVER, Role.ADMIN),
                List.of(
                        new ConsoleRights.Grant("vic", ConsoleRight.WRITE, "d*"),
                        new ConsoleRights.Grant("ann", ConsoleRight.WRITE, "other")));

        assertThat(rights.allow(VIC, ConsoleRight.READ, DB)).isTrue();
        assertThat(rights.allow(VIC, ConsoleRight.WRITE, DB)).isTrue();
        assertThat(rights.allow(VIC, ConsoleRight.TAKE_OVER, DB)).isFalse();
        assertThat(rights.allow(VIC, ConsoleRight.READ, new PartitionName("web")))
                .isFalse();
        assertThat(rights.allow(ANN, ConsoleRight.READ, DB)).isTrue();
        assertThat(rights.allow(ANN, ConsoleRight.WRITE, DB)).isFalse();
        assertThat(rights.allow(ANN, ConsoleRight.WRITE, new PartitionName("other")))
                .isTrue();
    }

    @Test
    void refusesWhoMayNot() {
        lines.has("db", 0, 0, "c1");

        assertThatThrownBy(() -> attach(VIC, RAW.wishing(Wish.WRITE))).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> attach(VIC, RAW.wishing(Wish.RESUME))).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> service.attach(new PartitionName("none"), ANN, RAW, new FakeSink()))
                .hasMessageContaining("there is no partition none");
        Looking viewing = attach(VIC, RAW);
        viewing.viewer().receive(new ClientMessage.TakeOver(""));
        viewing.viewer().receive(new ClientMessage.Request());

        assertThat(viewing.sink().all(ServerMessage.Refused.class)).hasSize(2);
        assertThat(service.report(DB, ANN).writer()).isEmpty();
        assertThat(audit)
                .containsExactly(
                        "vic console-write db NOT_PERMITTED",
                        "vic console-write db NOT_PERMITTED",
                        "ann console-view none NOT_FOUND",
                        "vic console-view db",
                        "vic console-take-over db NOT_PERMITTED",
                        "vic console-write db NOT_PERMITTED");
    }

    // ---- coming and going

    @Test
    void endsTheViewersOfAConsoleThatIsDeletedOrMadeAnew() {
        lines.has("db", 0, 0, "c1");
        Looking first = attach(ANN, RAW);
        lines.has("db", 0, 0, "c2");
        Looking second = attach(ANN, RAW);
        lines.lacks("db");

        assertThat(first.sink().last(ServerMessage.End.class).orElseThrow().comesBack())
                .isFalse();
        assertThat(second.sink().isClosed()).isTrue();
        assertThat(lines.opened()).isEqualTo(2);
        assertThat(logs.removed()).containsExactly(DB, DB);
        assertThat(service.reports()).isEmpty();
    }

    @Test
    void viewersStayWhileTheManagerIsAway() {
        lines.has("db", 0, 0, "c1");
        Looking viewing = attach(ANN, RAW);
        lines.line().breaks();
        assertThat(service.report(DB, ANN).trouble()).contains("gone");
        put("back");

        assertThat(viewing.sink().text()).isEqualTo("back");
    }

    @Test
    void detachesWhoGivesNoSignOfLife() {
        lines.has("db", 0, 0, "c1");
        Looking silent = attach(ANN, RAW);
        Looking answering = attach(ANN, RAW);
        for (int i = 0; i < 7; i++) {
            thread.pass(10_000);
            answering.sink().last(ServerMessage.Ping.class).ifPresent(ping -> answering
                    .viewer()
                    .receive(new ClientMessage.Pong(ping.number())));
        }

        assertThat(silent.sink().last(ServerMessage.End.class).orElseThrow().comesBack())
                .isTrue();
        assertThat(answering.sink().isClosed()).isFalse();
    }

    @Test
    void detachesWhoStaysTooLong() {
        service = serving(ConsoleRights.byRole(), ConsoleOptions.DEFAULT.withMostAttachedMillis(5_000));
        lines.has("db", 0, 0, "c1");
        Looking viewing = attach(ANN, RAW);
        thread.pass(4_000);
        assertThat(viewing.sink().isClosed()).isFalse();
        thread.pass(3_000);

        assertThat(viewing.sink().last(ServerMessage.End.class).orElseThrow().comesBack())
                .isFalse();
    }

    @Test
    void keepsLittleForWhoTakesNothing() {
        lines.has("db", 0, 0, "c1");
        Looking stalled = attach(ANN, RAW);
        stalled.sink().writable(false);
        int before = stalled.sink().messages().size();
        for (int i = 0; i < 1_000; i++) {
            attach(VIC, RAW).viewer().detach("");
        }
        put("x");
        assertThat(stalled.sink().messages()).hasSize(before);

        stalled.sink().writable(true);
        stalled.viewer().writable();
        assertThat(stalled.sink().messages()).hasSize(before + Viewer.MOST_WAITING + 1);
        assertThat(stalled.sink().text()).isEqualTo("x");
    }

    @Test
    void tellsViewersToComeBackWhenItEnds() {
        lines.has("db", 0, 0, "c1");
        Looking viewing = attach(ANN, RAW);
        service.close();

        assertThat(viewing.sink().last(ServerMessage.End.class).orElseThrow().comesBack())
                .isTrue();
        assertThat(lines.line().isClosed()).isTrue();
        assertThat(lines.isClosed()).isTrue();
    }

    @Test
    void bearsSoManyViewersOnly() {
        service = serving(
                ConsoleRights.byRole(),
                new ConsoleOptions(1 << 20, 2, ConsoleOptions.DEFAULT.lease(), 20_000, 60_000, 0));
        lines.has("db", 0, 0, "c1");
        Looking first = attach(ANN, RAW);
        attach(ANN, RAW);
        assertThatThrownBy(() -> attach(ANN, RAW)).hasMessageContaining("2 viewers");

        first.viewer().detach("");
        first.viewer().detach("");
        attach(ANN, RAW);
        assertThatThrownBy(() -> attach(ANN, RAW)).isInstanceOf(Refusal.class);
    }

    /** Output, gaps, credit, full sockets, comings and goings at random: everybody's books balance, at every moment. */
    @Property(tries = 150)
    void everybodysBooksBalance(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Random random = new Random(seed);
        lines.has("db", 0, 0, "c1");
        Map<Viewer, FakeSink> there = new LinkedHashMap<>();
        for (int i = 0; i < 200; i++) {
            Optional<Viewer> one = there.keySet().stream()
                    .skip(there.isEmpty() ? 0 : random.nextInt(there.size()))
                    .findFirst();
            switch (random.nextInt(9)) {
                case 0 -> {
                    long end = logs.of("db").end();
                    Start start = random.nextBoolean() ? Start.at((long) (random.nextDouble() * end)) : Start.lines(3);
                    Looking fresh = attach(
                            ANN,
                            Hello.view("", start, List.of(LagPolicy.values()).get(random.nextInt(3)))
                                    .raw(random.nextBoolean())
                                    .wishing(List.of(Wish.values()).get(random.nextInt(5)))
                                    .crediting(1 + random.nextInt(60_000)));
                    there.put(fresh.viewer(), fresh.sink());
                }
                case 1 ->
                    one.ifPresent(viewer -> {
                        viewer.detach("");
                        there.remove(viewer);
                    });
                case 2 -> one.ifPresent(viewer -> viewer.receive(new ClientMessage.Credit(1 + random.nextInt(90_000))));
                case 3 -> one.ifPresent(viewer -> there.get(viewer).writable(random.nextBoolean()));
                case 4 -> one.filter(viewer -> there.get(viewer).writable()).ifPresent(Viewer::writable);
                case 5 -> one.ifPresent(viewer -> viewer.receive(keys(random.nextBoolean() ? "\u0003" : "x")));
                case 6 -> {
                    if (random.nextInt(5) == 0) {
                        lines.line().lose(1 + random.nextInt(400));
                    }
                }
                default ->
                    put("line\n\u001b[6n\u001b[31m".repeat(random.nextInt(random.nextInt(8) == 0 ? 40_000 : 300)));
            }
            thread.run();
            assertThat(there.values()).allMatch(FakeSink::balances);
        }
        long end = logs.of("db").end();
        there.forEach((viewer, sink) -> {
            sink.writable(true);
            viewer.writable();
            for (int i = 0; i < 200 && sink.position() < end; i++) {
                viewer.receive(new ClientMessage.Credit(1 << 20));
                thread.run();
            }
            assertThat(sink.position()).isEqualTo(end);
        });
    }
}
