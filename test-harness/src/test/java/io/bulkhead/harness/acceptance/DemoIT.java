package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.harness.acceptance.Installation.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The main job, as a newcomer runs it. */
@Alone("it measures rates and CPU time")
@NotInTheLab("it measures rates and latencies, which emulated processors do not have")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoIT {
    private static final String INSTANCE = "bulkhead-demo";
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    /** What no demonstration takes, on two CPUs, if nobody else is at work. */
    private static final Duration PATIENCE_OF_A_STRANGER = Duration.ofSeconds(90);

    /** The ids of its partitions: four ranges, from the one that the demonstration takes on. */
    private static final long FIRST_UID = 1_879_048_192L;

    private static final long UIDS = 4 * 65_536L;

    private Duration took = Duration.ZERO;
    private String page = "";

    @BeforeAll
    void runItOnce() {
        Commands.run(List.of(launcher(), "--version"), "", DEADLINE).expect(0); // builds, if that is wanted
        long begun = System.nanoTime();
        Result demo = Commands.run(List.of(launcher(), "demo"), "", DEADLINE).expect(0);
        took = Duration.ofNanos(System.nanoTime() - begun);
        page = demo.out();
    }

    @AfterEach
    void nothingIsLeft() {
        HostSnapshot host = HostSnapshot.of(INSTANCE, uid -> uid >= FIRST_UID && uid < FIRST_UID + UIDS);
        assertThat(host.groups()).isEmpty();
        assertThat(host.processes()).isEmpty();
        assertThat(host.mounts()).noneMatch(mount -> mount.contains(INSTANCE));
        assertThat(host.loopDevices()).noneMatch(device -> text(Path.of("/sys/block", device, "loop/backing_file"))
                .contains(INSTANCE));
        assertThat(host.interfaces())
                .noneMatch(link -> link.startsWith("bhdemo")
                        || text(Path.of("/sys/class/net", link, "ifalias")).startsWith("bulkhead/" + INSTANCE));
        assertThat(Commands.run(List.of("sh", "-c", "nft list tables || true"), "", DEADLINE)
                        .out())
                .doesNotContain("bulkhead-" + INSTANCE);
        try (Stream<Path> left = Files.list(Path.of("/var/tmp"))) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith(INSTANCE)))
                    .isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Somebody else's may go while we look. */
    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static String launcher() {
        return Checkout.root().resolve("bulkhead").toString();
    }

    @Test
    void everyLineHoldsAndIsReadableOnATerminal() {
        assertThat(page)
                .contains("KERNEL SAYS", "MEASURED", "critical cpus", "batch io write", "lines hold")
                .doesNotContain("\u001b")
                .doesNotContain("DOES NOT HOLD");
        assertThat(page.lines()).allMatch(line -> line.codePointCount(0, line.length()) <= 100);
        assertThat(page.lines().filter(line -> line.endsWith(" none      holds")))
                .as("what is left, kind by kind")
                .hasSize(8);
        assertThat(took).isLessThan(PATIENCE_OF_A_STRANGER.multipliedBy(2));
    }

    // ---- what every host must show; a line that is not there, or says another thing, fails

    @Test
    void aVolumeIsFilledAndNobodyElseIsHurt() {
        assertThat(number("batch storage", "(\\d+(?:\\.\\d)?) MiB written")).isBetween(64.0, 128.0);
        assertThat(row("batch storage")).contains("128MiB", "No space", "left on device");
        assertThat(row("critical beside it")).contains("8 MiB written and synced");
        assertThat(row("host's disk")).contains("128 MiB set aside", "128 MiB with batch full");
    }

    @Test
    void theNetworkIsHeldToItsRatesAndClosedUntilItIsOpened() {
        assertThat(number("batch network in", "(\\d+\\.\\d)Mbit/s over TCP")).isBetween(4.0, 44.0);
        assertThat(number("batch network out", "(\\d+\\.\\d)Mbit/s over TCP")).isBetween(2.0, 22.0);
        List<String> calls = rows("batch to critical");
        assertThat(calls).hasSize(2);
        assertThat(calls.get(0)).contains("closed", "host reaches", "HTTP 200");
        assertThat(calls.get(1)).contains("peer, by its name", "HTTP 200 from critical");
        assertThat(row("critical published")).contains("asked from beside", "HTTP 200", "critical");
    }

    @Test
    void whatIsTakenForTheMachineIsTheSlice() {
        assertThat(row("critical nproc"))
                .matches(".*host: " + ThisHost.onlineCpus().size() + " +1 +holds");
        assertThat(number("critical uptime", "(\\d+) s +holds")).isLessThan(120);
        assertThat(row("critical boot id")).contains("its own");
        String shown = Files.isExecutable(Path.of("/usr/bin/lxcfs")) && Files.exists(Path.of("/dev/fuse"))
                ? "262144 kB +holds"
                : "not here";
        assertThat(row("critical free, top")).containsPattern(shown);
    }

    @Test
    void rootInsideDoesNotGetOutByTheKernelsOwnWord() {
        List<String> refusals = page.lines()
                .filter(line ->
                        line.matches(".* refused +(Operation not permitted|Permission denied|Read-only file system"
                                + "|No such process) +exit code [1-9]\\d* +holds"))
                .toList();

        assertThat(refusals).hasSize(9);
    }

    @Test
    void theGenerationAndWhatBecameOfItAreTold() {
        assertThat(row("critical writes to /etc")).contains("host: has no such file", "/etc/bulkhead-demo-note");
        assertThat(row("critical builds on")).matches(".*newest: (g-[0-9a-f]{12}) +\\1.*");
    }

    @Test
    void aKnobThatSomebodyTurnsIsToldWithTheKernelsReason() {
        assertThat(number("batch limit raised", "told after (\\d+) ms")).isLessThanOrEqualTo(2000);
        assertThat(row("batch limit raised")).contains("pids.max says", "128, promised 64");
        assertThat(row("batch limit right again")).contains(" told ");
    }

    @Test
    void theCertificatesAreCounted() {
        for (String name : List.of("critical", "batch")) {
            String row = row(name + " certificate");
            Matcher counts = Pattern.compile("(\\d+) promises +(\\d+) read back as promised")
                    .matcher(row);
            assertThat(counts.find()).as(row).isTrue();
            assertThat(counts.group(1)).isEqualTo(counts.group(2));
            assertThat(Integer.parseInt(counts.group(1))).isGreaterThanOrEqualTo(13);
        }
    }

    // ---- when it does not go well

    @Test
    void aPromiseThatDoesNotHoldIsShownAndEndsItWithANumberOfItsOwn() throws Exception {
        Process demo = begin();
        List<Path> limits = await().atMost(DEADLINE).until(DemoIT::limitsOnTasks, found -> found.size() == 2);
        // Again and again, as somebody would who does not give up: where it is repaired, too.
        while (demo.isAlive()) {
            for (Path limit : limits) {
                raise(limit);
            }
            demo.waitFor(100, TimeUnit.MILLISECONDS);
        }

        assertThat(demo.exitValue()).isEqualTo(10);
    }

    private static void raise(Path limit) {
        try {
            Files.writeString(limit, "200");
        } catch (IOException e) {
            // Its partition has gone, as the demonstration ends.
            return;
        }
    }

    /** Of both partitions, on the outer groups. */
    private static List<Path> limitsOnTasks() {
        return HostSnapshot.groups(INSTANCE).stream()
                .flatMap(group -> Stream.of("p-critical", "p-batch").map(name -> Path.of(group, name, "pids.max")))
                .filter(Files::exists)
                .toList();
    }

    @Test
    void interruptedInTheMiddleItCleansUp() throws Exception {
        Process demo = begin();
        await().atMost(DEADLINE).until(() -> limitsOnTasks().size() == 2);

        Commands.run(List.of("kill", "-INT", Long.toString(demo.pid())), "", Duration.ofSeconds(5));

        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isEqualTo(130);
    }

    /** Who starts the tests in the background may have had them ignore the signal. */
    private static Process begin() throws IOException {
        return new ProcessBuilder("env", "--default-signal=INT", launcher(), "demo")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    // ---- the page

    /** The only row of a subject, with what of it stands on further lines. */
    private String row(String subject) {
        List<String> rows = rows(subject);
        assertThat(rows).as(subject + " in:\n" + page).hasSize(1);
        return rows.get(0);
    }

    /** Rows that begin with a subject, which may go on in the next line. */
    private List<String> rows(String subject) {
        List<String> lines = page.lines().toList();
        return IntStream.range(0, lines.size())
                .filter(line -> isVerdict(lines.get(line)))
                .mapToObj(line -> joined(lines, line))
                .flatMap(Optional::stream)
                .filter(row -> row.subject().equals(subject))
                .map(Row::text)
                .toList();
    }

    private record Row(String subject, String text) {}

    private static boolean isVerdict(String line) {
        return line.endsWith(" holds") || line.endsWith(" not here");
    }

    /** A row with its further lines behind the first one, before the verdict, as a reader puts them together. */
    private static Optional<Row> joined(List<String> lines, int first) {
        String[] cells = lines.get(first).split(" {2,}", -1);
        StringBuilder subject = new StringBuilder(cells[0]);
        StringBuilder text = new StringBuilder(lines.get(first));
        for (int next = first + 1; next < lines.size(); next++) {
            String line = lines.get(next);
            if (line.isBlank() || isVerdict(line) || line.startsWith("WHAT ")) {
                break;
            }
            if (!line.startsWith(" ")) {
                subject.append(' ').append(line.split(" {2,}", -1)[0]);
            }
            text.append(' ').append(line.strip());
        }
        return Optional.of(new Row(subject.toString(), text.toString()));
    }

    /** What was measured of a subject. */
    private double number(String subject, String pattern) {
        String row = row(subject);
        Matcher matcher = Pattern.compile(pattern).matcher(row);
        assertThat(matcher.find()).as(pattern + " in: " + row).isTrue();
        return Double.parseDouble(matcher.group(1));
    }
}
