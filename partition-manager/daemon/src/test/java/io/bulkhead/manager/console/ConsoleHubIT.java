package io.bulkhead.manager.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.StreamMessage.Mark;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.loop.EventLoop;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.PseudoTerminal;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The hub on a real event loop and real pseudo-terminals; the test plays the partition. */
class ConsoleHubIT {
    private static final PartitionName DB = new PartitionName("db");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int HISTORY = 16 << 10;

    private final Syscalls calls = new JnaSyscalls();
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private EventLoop loop;
    private ConsoleHub hub;
    private PseudoTerminal terminal;
    private Fd slave;

    @BeforeEach
    void connect() {
        loop = EventLoop.start(calls);
        hub = TestConsoles.open(DB, HISTORY, new EventConsoleLoop(loop), ConsoleCalls.of(calls), events::add);
        run();
    }

    private void run() {
        terminal = calls.openPseudoTerminal();
        slave = openSlave();
        hub.connect(terminal.master());
    }

    private Fd openSlave() {
        return calls.open(terminal.slave(), Set.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TTY));
    }

    private void endRun() {
        slave.close();
        hub.disconnect();
        terminal.master().close();
    }

    @AfterEach
    void disconnect() {
        endRun();
        loop.close();
    }

    @Test
    void showsThePastAndWhatComes() throws InterruptedException {
        print("before\n");
        awaitOffset("before\r\n".length());
        ConsoleViewer viewer = hub.open("me", false, false, ConsoleStart.withNewest(4), true);

        print("after\n");

        assertThat(viewer.start()).isEqualTo("before\r\n".length() - 4);
        assertThat(read(viewer, "re\r\nafter\r\n".length())).isEqualTo("re\r\nafter\r\n");
    }

    @Test
    void endsAfterThePastForWhoDoesNotFollow() throws InterruptedException {
        print("past\n");
        awaitOffset("past\r\n".length());
        ConsoleViewer viewer = hub.open("me", false, false, ConsoleStart.withNewest(1000), false);

        assertThat(read(viewer, "past\r\n".length())).isEqualTo("past\r\n");
        assertThat(viewer.next(PATIENCE)).containsInstanceOf(ConsoleOutput.End.class);
    }

    @Test
    void tellsASlowViewerWhatItMissedAndSlowsNobody() throws InterruptedException {
        ConsoleViewer slow = hub.open("slow", false, false, ConsoleStart.withNewest(0), true);
        ConsoleViewer quick = hub.open("quick", false, false, ConsoleStart.withNewest(0), true);
        String line = "x".repeat(98);
        int lines = 1000;
        Thread partition = new Thread(() -> {
            for (int i = 0; i < lines; i++) {
                print(line + "\n");
            }
        });

        partition.start();
        long seen = 0;
        while (seen < 100L * lines) {
            ConsoleOutput output = quick.next(PATIENCE).orElseThrow();
            seen += output instanceof ConsoleOutput.Bytes bytes
                    ? bytes.data().length
                    : ((ConsoleOutput.Missed) output).to() - ((ConsoleOutput.Missed) output).from();
        }
        partition.join();

        assertThat(slow.next(PATIENCE)).contains(new ConsoleOutput.Missed(0, 100L * lines - HISTORY));
        assertThat(((ConsoleOutput.Bytes) slow.next(PATIENCE).orElseThrow()).data())
                .hasSize(HISTORY);
    }

    @Test
    void letsOneTypeAndAnotherTakeOver() throws InterruptedException {
        ConsoleViewer first = hub.open("first", true, false, ConsoleStart.withNewest(0), true);
        assertThatThrownBy(() -> hub.open("second", true, false, ConsoleStart.withNewest(0), true))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("'first' is typing");

        ConsoleViewer second = hub.open("second", true, true, ConsoleStart.withNewest(0), true);

        assertThat(first.next(PATIENCE)).contains(new ConsoleOutput.WriterChanged("second"));
        type(first, "lost\n");
        type(second, "typed\n");
        assertThat(received("typed\n".length())).isEqualTo("typed\n");
        assertThat(hub.status().writer()).contains("second");
        second.close();
        assertThat(hub.status().viewers()).isEqualTo(1);
        assertThat(hub.status().writer()).isEmpty();
        assertThat(events)
                .containsExactly(
                        new Event.ConsoleAttached(DB, "first", true),
                        new Event.ConsoleAttached(DB, "second", true),
                        new Event.ConsoleDetached(DB, "second"));
    }

    @Test
    void aPartitionThatDoesNotReadSlowsItsWriterOnly() throws InterruptedException {
        ConsoleViewer writer = hub.open("writer", true, false, ConsoleStart.withNewest(0), true);
        // Whole lines: of a line without an end the terminal drops what is too much.
        byte[] page = "y\n".repeat(2048).getBytes(StandardCharsets.US_ASCII);
        boolean full = false;
        for (int i = 0; i < 100 && !full; i++) {
            full = writer.type(page, 0, Duration.ofMillis(100)) == 0;
        }
        assertThat(full).isTrue();
        ConsoleViewer other = hub.open("other", false, false, ConsoleStart.withNewest(0), true);

        print("still here\n");

        Awaitility.await().atMost(PATIENCE).until(() -> drain(other).contains("still here"));
    }

    @Test
    void aHangUpIsNotTheEnd() throws InterruptedException {
        ConsoleViewer viewer = hub.open("me", false, false, ConsoleStart.withNewest(0), true);
        print("one\n");
        assertThat(read(viewer, 5)).isEqualTo("one\r\n");

        slave.close();
        slave = openSlave();
        print("two\n");

        assertThat(read(viewer, 5)).isEqualTo("two\r\n");
    }

    @Test
    void outlivesRuns() throws InterruptedException {
        ConsoleViewer viewer = hub.open("me", false, false, ConsoleStart.withNewest(0), true);
        print("first run\n");
        endRun();
        hub.say("between");
        run();

        print("second run\n");

        String all = "first run\r\n\r\n-- between --\r\nsecond run\r\n";
        assertThat(read(viewer, all.length())).isEqualTo(all);
        assertThat(hub.status().offset()).isEqualTo(all.length());
    }

    @Test
    void setsTheSizeForTheWriterOnly() {
        ConsoleViewer viewer = hub.open("viewer", false, false, ConsoleStart.withNewest(0), true);
        ConsoleViewer writer = hub.open("writer", true, false, ConsoleStart.withNewest(0), true);

        viewer.resize(new WindowSize(10, 10));
        writer.resize(new WindowSize(101, 51));

        Awaitility.await().atMost(PATIENCE).until(() -> calls.windowSize(terminal.master())
                .equals(new WindowSize(101, 51)));
    }

    @Test
    void endsEveryViewerWhenThePartitionIsDeleted() throws InterruptedException {
        ConsoleViewer viewer = hub.open("me", false, false, ConsoleStart.withNewest(0), true);

        hub.close();

        assertThat(viewer.next(PATIENCE)).containsInstanceOf(ConsoleOutput.End.class);
    }

    @Test
    void opensAtAnOffset() throws InterruptedException {
        print("0123456789\n");
        awaitOffset(12);

        assertThat(read(hub.open("me", false, false, ConsoleStart.at(7), true), 5))
                .isEqualTo("789\r\n");
        ConsoleViewer atTheEnd = hub.open("me", false, false, ConsoleStart.at(12), true);
        assertThat(atTheEnd.start()).isEqualTo(12);
        assertThat(atTheEnd.next(Duration.ZERO)).isEmpty();
        assertThatThrownBy(() -> hub.open("me", true, false, ConsoleStart.at(13), true))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("is at offset 12; 13 has not come yet");
        assertThat(hub.status().writer()).isEmpty();
    }

    @Test
    void tellsWhatIsNoLongerThereToWhoWantsIt() throws InterruptedException {
        for (int i = 0; i < 300; i++) {
            print("x".repeat(98) + "\n");
        }
        awaitOffset(30_000);
        ConsoleViewer late = hub.open("late", false, false, ConsoleStart.at(10), false);

        assertThat(late.start()).isEqualTo(10);
        assertThat(late.next(PATIENCE)).contains(new ConsoleOutput.Missed(10, 30_000 - HISTORY));
        assertThat(read(late, HISTORY)).hasSize(HISTORY);
        assertThat(late.next(PATIENCE)).containsInstanceOf(ConsoleOutput.End.class);
    }

    @Test
    void marksStandBetweenTheBytesAndComeAgain() throws InterruptedException {
        ConsoleViewer live = hub.open("live", true, false, ConsoleStart.withNewest(0), true);
        print("one\n");
        awaitOffset(5);
        live.resize(new WindowSize(101, 51));
        Awaitility.await().atMost(PATIENCE).until(() -> calls.windowSize(terminal.master())
                .equals(new WindowSize(101, 51)));
        print("two\n");
        awaitOffset(10);

        String expected = "one\r\n[RESIZED 101x51 at 5]two\r\n";
        assertThat(shown(live)).isEqualTo(expected);
        assertThat(shown(hub.open("a", false, false, ConsoleStart.at(0), false)))
                .isEqualTo(expected + "[end]");
        assertThat(shown(hub.open("b", false, false, ConsoleStart.at(5), false)))
                .isEqualTo("[RESIZED 101x51 at 5]two\r\n[end]");
        assertThat(shown(hub.open("c", false, false, ConsoleStart.at(6), false)))
                .isEqualTo("wo\r\n[end]");
        assertThat(shown(hub.open("d", false, false, ConsoleStart.withNewest(5), false)))
                .isEqualTo("[RESIZED 101x51 at 5]two\r\n[end]");
    }

    @Test
    void aMarkOfNowIsNotNewsForWhoComesLater() throws InterruptedException {
        hub.resized(new WindowSize(5, 5));

        assertThat(shown(hub.open("now", false, false, ConsoleStart.withNewest(0), true)))
                .isEmpty();
        assertThat(shown(hub.open("again", false, false, ConsoleStart.at(0), true)))
                .isEqualTo("[RESIZED 5x5 at 0]");
    }

    /** Above the rate the partition's writers wait, and nothing is lost. */
    @Test
    void holdsThePartitionToItsRate() throws InterruptedException {
        long rate = 64 << 10;
        ConsoleHub slow = TestConsoles.open(
                DB,
                1 << 20,
                Limit.of(new ByteRate(rate)),
                new EventConsoleLoop(loop),
                ConsoleCalls.of(calls),
                events::add);
        PseudoTerminal other = calls.openPseudoTerminal();
        int lines = 1000;
        long began = System.nanoTime();
        try (Fd end = calls.open(other.slave(), Set.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TTY))) {
            slow.connect(other.master());
            for (int i = 0; i < lines; i++) {
                print(end, "x".repeat(98) + "\n");
            }
            Awaitility.await().atMost(PATIENCE).until(() -> slow.status().offset() == 100L * lines);
            double seconds = (System.nanoTime() - began) / 1e9;

            // 100,000 bytes, of which a burst of 6,553 passes at once.
            assertThat(seconds).isGreaterThan((100.0 * lines - 6553) / rate);
            assertThat(slow.status().stalls()).isBetween(5L, 1000L);
            assertThat(slow.status().skipped().bytes()).isZero();
        } finally {
            slow.disconnect();
            other.master().close();
        }
    }

    /** The end of a run does not wait for the rate: what the terminal still holds is taken at once. */
    @Test
    void takesTheRestAtTheEndOfARunWhateverTheRate() {
        ConsoleHub slow = TestConsoles.open(
                DB,
                1 << 20,
                Limit.of(new ByteRate(1024)),
                new EventConsoleLoop(loop),
                ConsoleCalls.of(calls),
                events::add);
        int size = 12_000;
        for (int run = 1; run <= 2; run++) {
            PseudoTerminal other = calls.openPseudoTerminal();
            try (Fd end = calls.open(other.slave(), Set.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TTY))) {
                slow.connect(other.master());
                print(end, "x".repeat(size - 1) + "y");
                slow.disconnect();
            } finally {
                other.master().close();
            }

            assertThat(slow.status().offset()).isEqualTo((long) size * run);
        }
    }

    /** Many quiet consoles' echo comes through while one floods as fast as it can. Generous: it is no benchmark. */
    @Test
    void aFloodDoesNotHoldUpTheOthersEcho() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        Thread flood = new Thread(() -> {
            while (!stop.get()) {
                print("y".repeat(1022) + "\n");
            }
        });
        List<Quiet> quiet = new ArrayList<>();
        for (int i = 0; i < 49; i++) {
            quiet.add(new Quiet());
        }
        flood.start();
        try {
            long worst = 0;
            for (int round = 0; round < 10; round++) {
                for (Quiet each : quiet) {
                    worst = Math.max(worst, each.echo());
                }
            }

            assertThat(Duration.ofNanos(worst)).isLessThan(Duration.ofSeconds(1));
            assertThat(hub.status().offset()).isGreaterThan(1 << 20);
            assertThat(hub.status().stalls()).isZero();
        } finally {
            stop.set(true);
            flood.join();
            quiet.forEach(Quiet::close);
        }
    }

    /** A console whose terminal echoes what is typed. */
    private final class Quiet implements AutoCloseable {
        private final ConsoleHub its =
                TestConsoles.open(DB, 4096, new EventConsoleLoop(loop), ConsoleCalls.of(calls), events::add);
        private final PseudoTerminal own = calls.openPseudoTerminal();
        private final Fd end = calls.open(own.slave(), Set.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TTY));
        private final ConsoleViewer viewer = its.open("typist", true, false, ConsoleStart.withNewest(0), true);

        Quiet() {
            its.connect(own.master());
        }

        /** How many nanoseconds a key takes to come back. */
        long echo() throws InterruptedException {
            long began = System.nanoTime();
            viewer.type(new byte[] {'k'}, 0, PATIENCE);
            assertThat(viewer.next(PATIENCE)).containsInstanceOf(ConsoleOutput.Bytes.class);
            return System.nanoTime() - began;
        }

        @Override
        public void close() {
            its.disconnect();
            end.close();
            own.master().close();
        }
    }

    /** All that there is for a viewer now. */
    private static String shown(ConsoleViewer viewer) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        for (Optional<ConsoleOutput> next = viewer.next(Duration.ZERO);
                next.isPresent();
                next = viewer.next(Duration.ZERO)) {
            if (next.get() instanceof ConsoleOutput.Bytes bytes) {
                text.append(new String(bytes.data(), StandardCharsets.US_ASCII));
            } else if (next.get() instanceof ConsoleOutput.Marked marked) {
                Mark mark = marked.mark();
                text.append("[" + mark.kind() + " " + mark.detail() + " at " + mark.offset() + "]");
            } else if (next.get() instanceof ConsoleOutput.End) {
                return text.append("[end]").toString();
            }
        }
        return text.toString();
    }

    private void print(String text) {
        print(slave, text);
    }

    private void print(Fd slave, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (int done = 0; done < bytes.length; ) {
            done += calls.write(slave, bytes, done, bytes.length - done);
        }
    }

    private static void type(ConsoleViewer viewer, String text) throws InterruptedException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(viewer.type(bytes, 0, PATIENCE)).isEqualTo(bytes.length);
    }

    private String received(int length) {
        byte[] bytes = new byte[length];
        return new String(bytes, 0, calls.read(slave, bytes, 0, length), StandardCharsets.US_ASCII);
    }

    private void awaitOffset(long offset) {
        Awaitility.await().atMost(PATIENCE).until(() -> hub.status().offset() == offset);
    }

    private static String read(ConsoleViewer viewer, int length) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            ConsoleOutput output = viewer.next(PATIENCE).orElseThrow();
            text.append(new String(((ConsoleOutput.Bytes) output).data(), StandardCharsets.US_ASCII));
        }
        return text.toString();
    }

    private static String drain(ConsoleViewer viewer) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        for (Optional<ConsoleOutput> next = viewer.next(Duration.ZERO);
                next.isPresent();
                next = viewer.next(Duration.ZERO)) {
            if (next.get() instanceof ConsoleOutput.Bytes bytes) {
                text.append(new String(bytes.data(), StandardCharsets.US_ASCII));
            }
        }
        return text.toString();
    }
}
