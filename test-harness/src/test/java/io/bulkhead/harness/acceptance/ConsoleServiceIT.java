package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.client.Attached;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The console service in front of real partitions: many viewers, one writer, and our own processes dying under load. */
class ConsoleServiceIT {
    private static final String STREAM = "a console is one numbered stream for everybody, whatever of ours dies";
    private static final ClientMessage.Hello VIEW = ClientMessage.Hello.view("test", Start.now(), LagPolicy.COMPLETE);
    private static final long SEED = 20_261_127;
    private static final int USUAL_KILLS = 6;

    /** Writes numbered lines to the console, some 150 kB a second, until /tmp/go is gone. */
    private static final String LINES = """
            touch /tmp/go
            ( perl -e 'open my $c, ">", "/dev/console"; $c->autoflush(1); my $i = 0;
                while (-e "/tmp/go") { my $t = ""; $t .= "line-" . ++$i . ".\\n" for 1 .. 10;
                  while (length $t) { my $n = syswrite $c, $t; substr $t, 0, $n, "" }
                  select undef, undef, undef, 0.001 }' ) >/dev/null 2>&1 &
            """;

    /** What the manager itself says in the stream, anywhere in a line. */
    private static final String MANAGERS_WORDS = "\r\n-- shell goes on, under a new manager --\r\n";

    private static Installation host;

    @BeforeAll
    static void install() {
        host = Installation.up();
        host.run("define", "shell", "--cpus", "0.2", "--memory", "128MiB").expect(0);
        host.run("start", "shell").expect(0);
        host.awaitConsole("shell", "# ");
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    private static void closeAll(List<ConsoleViewer> viewers) throws IOException {
        for (ConsoleViewer viewer : viewers) {
            viewer.close();
        }
    }

    @Test
    @Proves(STREAM)
    void showsTheSameBytesToEverybodyAndLetsOneType() throws IOException {
        List<ConsoleViewer> viewers = new ArrayList<>();
        try (ConsoleViewer writer = ConsoleViewer.attach(host.api(), "shell", VIEW.wishing(Wish.WRITE));
                ConsoleViewer second = ConsoleViewer.attach(host.api(), "shell", VIEW.wishing(Wish.WRITE))) {
            for (int i = 0; i < 20; i++) {
                viewers.add(ConsoleViewer.attach(host.api(), "shell", VIEW));
            }
            assertThat(writer.role()).isEqualTo(ServerMessage.Role.WRITES);
            assertThat(second.role()).isEqualTo(ServerMessage.Role.waits(1));

            // Only the writer's keys count
            second.type("echo from-the-second-$((1+1))\n");
            writer.type("echo from-the-writer-$((1+1))\n");
            writer.awaitText("from-the-writer-2");
            viewers.forEach(viewer -> viewer.awaitText("from-the-writer-2"));
            assertThat(writer.text()).doesNotContain("from-the-second");

            // Until it is taken over, of which everybody is told
            second.say(new ClientMessage.TakeOver("maintenance"));
            await().atMost(Patience.seconds(10)).until(() -> writer.role().equals(ServerMessage.Role.waits(1)));
            second.type("echo from-the-second-$((1+1))\n");
            viewers.forEach(viewer -> viewer.awaitText("from-the-second-2"));
            assertThat(viewers).allSatisfy(viewer -> assertThat(viewer.said()).anySatisfy(said -> assertThat(said)
                    .isInstanceOfSatisfying(ServerMessage.WriterChanged.class, changed -> assertThat(changed.reason())
                            .isEqualTo("maintenance"))));
            assertThat(host.run("audit").out()).contains("console-writer-taken-over (maintenance)");

            // A request that is granted
            writer.say(new ClientMessage.Request());
            await().atMost(Patience.seconds(10))
                    .until(() -> second.said().stream().anyMatch(ServerMessage.Asked.class::isInstance));
            second.say(new ClientMessage.Grant());
            await().atMost(Patience.seconds(10)).until(() -> writer.role().equals(ServerMessage.Role.WRITES));
        } finally {
            closeAll(viewers);
        }
        await().atMost(Patience.seconds(10))
                .until(() -> host.show("shell").console().viewers(), count -> count == 0);
    }

    @Test
    @Proves(STREAM)
    void isHeldUpByNoViewerThatReadsNothing() throws IOException {
        List<Attached> stalled = new ArrayList<>();
        try (ConsoleViewer writer = ConsoleViewer.attach(host.api(), "shell", VIEW.wishing(Wish.TAKE_OVER));
                ConsoleViewer follower = ConsoleViewer.attach(
                        host.api(), "shell", ClientMessage.Hello.view("follower", Start.now(), LagPolicy.FOLLOW))) {
            for (int i = 0; i < 8; i++) {
                stalled.add(host.api()
                        .attach(new PartitionName("shell"), VIEW.raw(true).crediting(4 << 20)));
            }
            long before = residentKiB();
            writer.type("head -c 12000000 /dev/zero | tr '\\0' y; echo; echo end-of-$((20+1))\n");

            writer.awaitText("end-of-21");
            follower.awaitText("end-of-21");
            assertThat(writer.skipped()).isZero();
            assertThat(writer.bytes().length).isGreaterThan(12_000_000);
            // Eight viewers that read nothing, and a ring
            assertThat(residentKiB()).isLessThan(before + 48 * 1024);

            // One that reads after all is told what it missed, or has it from the log
            ServerMessage last = stalled.get(0).connection().receive().orElseThrow();
            assertThat(last).isInstanceOfAny(ServerMessage.Output.class, ServerMessage.Mark.class);
        } finally {
            for (Attached each : stalled) {
                each.close();
            }
        }
    }

    @Test
    @Proves(STREAM)
    void isStoppedByOneKeyHoweverMuchComes() throws IOException {
        ClientMessage.Hello interactive = ClientMessage.Hello.view("flooded", Start.now(), LagPolicy.INTERACTIVE);
        try (ConsoleViewer writer = ConsoleViewer.attach(host.api(), "shell", interactive.wishing(Wish.TAKE_OVER))) {
            writer.type("yes flood-$((20+3))\n");
            writer.awaitText("flood-23\r\nflood-23");
            long begin = writer.position();
            await().atMost(Patience.seconds(30)).until(() -> writer.position() > begin + 4_000_000);

            writer.type("\u0003");
            writer.awaitText("^C");
            writer.type("echo end-of-$((20+4))\n");

            writer.awaitText("end-of-24\r\n");
            long end = host.show("shell").console().offset();
            assertThat(host.exec("shell", "pgrep -x yes").status()).isEqualTo(1);
            await().atMost(Patience.seconds(10)).until(() -> writer.position() == end);
            writer.check();
        }
    }

    private static long residentKiB() {
        return Long.parseLong(
                ThisHost.line(java.nio.file.Path.of("/proc/" + host.controlPlanePid() + "/status"), "VmRSS:")
                        .get(1));
    }

    @Test
    @Proves(STREAM)
    void goesOnAtTheNextOffsetWhicheverOfOurProcessesIsKilled() throws IOException {
        Random random = new Random(SEED);
        try (ConsoleViewer viewer = ConsoleViewer.attach(host.api(), "shell", VIEW.wishing(Wish.TAKE_OVER))) {
            host.exec("shell", LINES).expect(0);
            viewer.awaitText("line-100.");
            int kills = Rounds.count(USUAL_KILLS);
            for (int round = 0; round < kills; round++) {
                boolean manager = round % 2 == 1;
                LockSupport.parkNanos(50_000_000L + random.nextInt(400_000_000));
                long before = viewer.position();
                Installation.kill(manager ? host.managerPid() : host.controlPlanePid());
                host.run("up").expect(0);
                await().atMost(Patience.seconds(20)).until(() -> viewer.position() > before + 100_000);
                viewer.check();
            }
            int attachments = viewer.attachments();
            host.exec("shell", "rm /tmp/go; sleep 0.3").expect(0);
            viewer.type("\necho end-of-$((20+2))\n");
            viewer.awaitText("end-of-22");

            assertThat(attachments).isGreaterThan(kills / 2);
            assertThat(viewer.skipped()).as("a ring holds what comes meanwhile").isZero();
            assertNumbersFollowEachOther(viewer.text());
        }
    }

    /** Neither a gap nor a repeat: each line's number is that of the line before and one. */
    private static void assertNumbersFollowEachOther(String all) {
        String text = all.replace(MANAGERS_WORDS, "");
        int from = text.indexOf("line-1.");
        List<Long> numbers = Arrays.stream(
                        text.substring(from, text.lastIndexOf("line-")).split("\\R"))
                .filter(line -> line.matches("line-\\d+\\."))
                .map(line -> Long.parseLong(line.substring(5, line.length() - 1)))
                .toList();
        assertThat(numbers).hasSizeGreaterThan(5_000);
        for (int i = 0; i < numbers.size(); i++) {
            if (numbers.get(i) != i + 1) {
                int place = text.indexOf("line-" + numbers.get(i) + ".");
                throw new AssertionError("line " + numbers.get(i) + " stands where " + (i + 1) + " should: "
                        + text.substring(Math.max(0, place - 200), place + 40));
            }
        }
    }
}
