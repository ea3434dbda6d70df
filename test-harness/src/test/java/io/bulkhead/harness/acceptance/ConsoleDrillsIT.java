package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.bulkhead.console.client.Attached;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Escapes by way of the console, tried by a partition's root with each kind of init; the numbers are those of the table in
 * partition-manager/SECURITY.md. The same without the wall stands beside it.
 */
class ConsoleDrillsIT {
    private static final String HARMLESS = "a console does nothing to who looks at it: drills of SECURITY.md";
    private static final String SERVED = "a console holds nobody up: drills of SECURITY.md";

    /** Small, so that it is soon overrun. */
    private static final int HISTORY_BYTES = 1 << 20;

    /** Each asks a terminal for something, or has it do something that outlives the look. */
    private static final List<String> ATTACKS = List.of(
            "\\033[c",
            "\\033[0c",
            "\\033[>c",
            "\\033[6n",
            "\\033[?15n",
            "\\033Z",
            "\\005",
            "\\033]2;rm -rf /\\007\\033[21t",
            "\\033[0021t",
            "\\033[014;2t",
            "\\033[?2026$p",
            "\\033[>q",
            "\\033[?u",
            "\\033[?4m",
            "\\033]52;c;?\\007",
            "\\033]52;c;cm0gLXJmIC8K\\007",
            "\\033]052;c;cm0gLXJmIC8K\\033\\\\",
            "\\033]10;?\\007",
            "\\033]4;1;?\\033\\\\",
            "\\033]1337;ReportCellSize\\007",
            "\\033P$qm\\033\\\\",
            "\\033P+q544e\\033\\\\",
            "\\033_Gi=1,a=q;AAAA\\033\\\\",
            "\\302\\2336n",
            // Where one terminal takes all of it for a string, another stops at the control in it.
            "\\033]2;title\\005\\007",
            "\\033^private\\302\\2336n\\033\\\\",
            "\\033[\\r6n");

    private static Installation host;
    private static Optional<String> whyNoSystemd = Optional.empty();

    @BeforeAll
    static void install() throws IOException {
        host = Installation.create();
        String settings = Files.readString(host.config())
                .replace(
                        "[partitions]\n",
                        "[partitions]\nconsole_history = %1$dKiB\nconsole_log = %1$dKiB\n"
                                .formatted(HISTORY_BYTES / 1024));
        Files.writeString(host.config(), settings, StandardOpenOption.TRUNCATE_EXISTING);
        host.run("up").expect(0);
        host.run("define", "other", "--cpus", "0.1", "--memory", "64MiB").expect(0);
        host.run("define", "shell", "--cpus", "0.1", "--memory", "128MiB").expect(0);
        host.run("define", "service", "--cpus", "0.1", "--memory", "128MiB", "--service", "/usr/bin/sleep", "--", "1d")
                .expect(0);
        host.run("define", "systemd", "--cpus", "0.1", "--memory", "384MiB", "--init", "systemd")
                .expect(0);
        host.run("start", "other", "shell", "service").expect(0);
        Installation.Result systemd = host.run("start", "systemd");
        whyNoSystemd = systemd.status() == 0
                ? Optional.empty()
                : Optional.of(systemd.err().strip());
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    private static void assumeRuns(String partition) {
        assumeFalse(
                partition.equals("systemd") && whyNoSystemd.isPresent(),
                () -> "systemd does not start here: " + whyNoSystemd.get());
    }

    private static List<String> bulkhead(String... words) {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(
                                Checkout.root().resolve("bulkhead").toString(),
                                "--config",
                                host.config().toString()),
                        java.util.stream.Stream.of(words))
                .toList();
    }

    /** Puts bytes on the console from inside, in printf(1)'s notation, between two marks; returns when they are out. */
    private static void putOnConsole(String partition, List<String> pieces) {
        StringBuilder script = new StringBuilder("{ printf 'begin-of-drill\\n'; ");
        pieces.forEach(piece -> script.append("printf '").append(piece).append("x\\n'; "));
        script.append("printf 'end-of-drill\\n'; } > /dev/console");
        host.exec(partition, script.toString()).expect(0);
        await().atMost(Patience.seconds(10))
                .until(() -> host.run("logs", "--raw", partition).out(), log -> log.contains("end-of-drill"));
    }

    @WithEveryInit
    @Proves(HARMLESS)
    void d45AsksTheViewersTerminalNothingFromThePast(String partition, @TempDir Path directory) throws IOException {
        assumeRuns(partition);
        putOnConsole(partition, ATTACKS);
        Path log = directory.resolve("log");
        Files.writeString(log, host.run("logs", "--raw", partition).out());

        // A plain look at the log is answered, and what was answered would be typed into whatever comes next …
        AnsweringTerminal.Session plain = AnsweringTerminal.run(List.of("cat", log.toString()), "");
        assertThat(plain.asked()).hasSizeGreaterThanOrEqualTo(10);
        assertThat(plain.asked().values().stream().mapToLong(Long::longValue).sum())
                .isGreaterThanOrEqualTo(20);

        // … ours is not: neither as a viewer, who sees all the rest as it was, …
        AnsweringTerminal.Session console =
                AnsweringTerminal.run(bulkhead("console", "--view", "--history", "64KiB", partition), "");
        assertThat(console.shown()).contains("begin-of-drill", "end-of-drill");
        assertThat(console.asked()).isEmpty();

        // … nor as a reader of the log, in whose text no sequence is left.
        AnsweringTerminal.Session logs = AnsweringTerminal.run(bulkhead("logs", partition), "");
        assertThat(logs.shown())
                .contains("begin-of-drill", "end-of-drill")
                .doesNotContain("\u001b", "\u0005", "\u009b");
    }

    @WithEveryInit
    @Proves(HARMLESS)
    void d45SmugglesNothingIntoWhatOtherVerbsShow(String partition) {
        assumeRuns(partition);
        // Given names of its own choice wherever the host looks
        host.exec(partition, """
                        touch "$(printf '/etc/drill-\\033]2;owned\\007\\033[6n')" "$(printf '/etc/drill-\\nsecond line')"
                        hostname "$(printf 'h\\033[c')" 2>/dev/null
                        printf 'PRETTY_NAME="\\033[6n"\\n' > /etc/os-release
                        cp /usr/bin/sleep "$(printf '/tmp/s\\033[6n')"; "$(printf '/tmp/s\\033[6n')" 60 >/dev/null 2>&1 &
                        """);

        // Which whoever lists them as they are is asked by.
        Path etc = host.directory().resolve("state/partitions/" + partition + "/etc");
        assertThat(AnsweringTerminal.run(List.of("printf", "%s", etc + "/drill-*"), "")
                        .asked())
                .isNotEmpty();

        for (List<String> verb : List.of(
                List.of("os", "diff", partition), List.of("show", partition), List.of("events"), List.of("doctor"))) {
            AnsweringTerminal.Session session = AnsweringTerminal.run(bulkhead(verb.toArray(String[]::new)), "q");
            assertThat(session.asked()).as("%s", verb).isEmpty();
            assertThat(session.shown()).as("%s", verb).doesNotContain("\u001b]2;owned");
        }
        assertThat(host.run("os", "diff", partition).out())
                .contains("drill-")
                .doesNotContain("\u001b", "\nsecond line");
        host.exec(partition, "rm -f /etc/drill-*");
    }

    // ---- holding up the manager

    private static long offset(String partition) {
        return host.show(partition).console().offset();
    }

    private static long residentKiB() {
        return Long.parseLong(ThisHost.line(Path.of("/proc/" + host.managerPid() + "/status"), "VmRSS:")
                .get(1));
    }

    private static long cpuTicks(long pid) {
        String[] fields = ThisHost.text(Path.of("/proc/" + pid + "/stat"))
                .replaceFirst(".*\\) ", "")
                .split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /** The others are served, and at once. */
    private static void othersAreServed() {
        long begin = System.nanoTime();
        assertThat(host.exec("other", "echo served").out()).isEqualTo("served\n");
        host.api().get("/v1/partitions");
        host.post("other", "pause");
        host.post("other", "resume");
        assertThat(System.nanoTime() - begin).isLessThan(Patience.seconds(5).toNanos());
    }

    @WithEveryInit
    @Proves(SERVED)
    void d48FloodsItsConsoleWithoutFillingTheManager(String partition) throws IOException {
        assumeRuns(partition);
        long before = residentKiB();
        long from = offset(partition);
        host.exec(
                        partition,
                        "touch /tmp/go; ( while [ -e /tmp/go ]; do head -c 1000000 /dev/zero; done | tr '\\0' 'y'"
                                + " > /dev/console ) >/dev/null 2>&1 &")
                .expect(0);
        // As much as would be in the memory of whoever kept it all: eight times the history.
        await().atMost(Patience.seconds(60)).until(() -> offset(partition) - from > 8L * HISTORY_BYTES);

        othersAreServed();
        host.exec(partition, "rm /tmp/go").expect(0);

        // A mebibyte of history and the heap's own breath.
        assertThat(residentKiB()).isLessThan(before + 40 * 1024);
        // Nor does its log fill the disk: it has a quota of the same size.
        await().atMost(Patience.seconds(20))
                .until(() -> host.run("logs", "--raw", partition).out().length() <= HISTORY_BYTES);
        // Without the wall: who collects what such a one writes has all of it.
        assertThat(offset(partition) - from).isGreaterThan(8L * HISTORY_BYTES);
    }

    @WithEveryInit
    @Proves(SERVED)
    void d48SendsOddBytesThatNobodyStumblesOver(String partition) {
        assumeRuns(partition);
        host.exec(partition, """
                perl -e 'binmode STDOUT; srand 7; print map chr, 0 .. 255; print chr(int rand 256) for 1 .. 60000;
                  print "\\xf0\\x9f", "\\xed\\xa0\\x80", "\\xff" x 100, "\\0" x 5000, "\\e]0;" . "x" x 70000;
                  print "z" x 200000, "\\x18\\nend-of-odd\\n"' > /dev/console
                """).expect(0);

        await().atMost(Patience.seconds(20))
                .until(() -> host.run("logs", "--raw", partition).out(), log -> log.contains("end-of-odd"));
        AnsweringTerminal.Session logs = AnsweringTerminal.run(bulkhead("logs", "--lines", "2", partition), "");
        assertThat(logs.shown()).contains("end-of-odd");
        AnsweringTerminal.Session console =
                AnsweringTerminal.run(bulkhead("console", "--view", "--history", "1MiB", partition), "");
        assertThat(console.shown()).contains("end-of-odd");
        assertThat(console.asked()).isEmpty();
        othersAreServed();
    }

    @WithEveryInit
    @Proves(SERVED)
    void d48LeavesWhatIsTypedUnreadAndOnlyItsTyperWaits(String partition) throws Exception {
        assumeRuns(partition);
        // Given a console that nobody inside reads: stopped, and raw, so that the kernel drops nothing
        host.exec(partition, "stty raw -echo < /dev/console; pkill -STOP -x bash; pkill -STOP -x agetty; true");
        AtomicLong typed = new AtomicLong();
        AtomicBoolean stop = new AtomicBoolean();
        ClientMessage.Hello hello =
                ClientMessage.Hello.view("drill", Start.now(), LagPolicy.FOLLOW).wishing(Wish.TAKE_OVER);
        try (Attached console = host.api().attach(new PartitionName(partition), hello)) {
            Thread typer = new Thread(() -> {
                byte[] piece = "x".repeat(4096).getBytes(StandardCharsets.US_ASCII);
                long credit = console.opened().inputCredit();
                try {
                    while (!stop.get() && typed.get() < (64 << 20)) {
                        if (credit >= piece.length) {
                            console.connection().send(new ClientMessage.Input(ByteBuffer.wrap(piece)));
                            typed.addAndGet(piece.length);
                            credit -= piece.length;
                        } else if (console.connection().receive().orElseThrow() instanceof ServerMessage.Credit more) {
                            credit += more.bytes();
                        }
                    }
                } catch (IOException | NoSuchElementException e) {
                    // Closed under it, which is the end.
                }
            });
            typer.start();
            long before = residentKiB();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1500));

            // Then it waits, and nobody else does
            assertThat(typed.get()).isLessThan(16 << 20);
            assertThat(residentKiB()).isLessThan(before + 40 * 1024);
            othersAreServed();
            stop.set(true);
        }
        host.exec(partition, "pkill -CONT -x bash; pkill -CONT -x agetty; stty sane < /dev/console; true");
        othersAreServed();
    }

    @WithEveryInit
    @Proves(SERVED)
    void d48HangsUpItsConsoleAndTheManagerDoesNotSpin(String partition) {
        assumeRuns(partition);
        // Given one that takes the console as its own and ends, which hangs it up, sets it exclusive, stops its output
        host.exec(partition, """
                for i in 1 2 3; do setsid -c sh -c 'exec < /dev/console > /dev/console; perl -e "ioctl STDIN, 0x540E, 1"'; done
                perl -e 'open my $c, "+<", "/dev/console"; ioctl $c, 0x540C, 0; ioctl $c, 0x540A, 0; ioctl $c, 0x5423, pack("i", 2);
                  ioctl $c, 0x5412, "z"; sleep 3' >/dev/null 2>&1 &
                chmod 0 /dev/console; rm -f /dev/console; true
                """);
        long pid = host.managerPid();
        long begin = cpuTicks(pid);
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));

        // Hundredths of a second: a loop that spins has 200.
        assertThat(cpuTicks(pid) - begin).isLessThan(60);
        othersAreServed();

        host.run("restart", "--kill", "--yes", partition);
        if (!host.show(partition).pid().isPresent()) {
            host.run("start", partition).expect(0);
        }
        putOnConsole(partition, List.of("again"));
    }

    @Test
    @Proves(SERVED)
    void d48WithoutARingAConsoleHoldsItsWriterUp() {
        // What the manager spares a partition by reading all the time: on a terminal that nobody reads, writing ends
        // soon.
        Installation.Result result = Commands.run(
                List.of(
                        "perl",
                        "-MPOSIX",
                        "-e",
                        "open my $m, '+<', '/dev/ptmx' or die; my $z = pack 'i', 0; ioctl $m, 0x40045431, $z or die;"
                                + " my $n = pack 'i', 0; ioctl $m, 0x80045430, $n or die;"
                                + " sysopen my $s, '/dev/pts/' . unpack('i', $n), O_WRONLY | O_NOCTTY or die;"
                                + " my $all = 0; $SIG{ALRM} = sub { print $all; exit }; alarm 1;"
                                + " while (1) { my $k = syswrite $s, 'x' x 1000; $all += $k if $k }"),
                "",
                Patience.seconds(20));

        assertThat(Pattern.matches("\\d+", result.out())).as("%s", result).isTrue();
        assertThat(Long.parseLong(result.out())).isLessThan(1 << 20);
    }
}
