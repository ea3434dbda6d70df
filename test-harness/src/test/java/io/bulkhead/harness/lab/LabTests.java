package io.bulkhead.harness.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The acceptance tests in one guest: first each with an installation of its own, then with Bulkhead installed as a service, then
 * again after the guest was restarted. Reports come back whatever happens, and the lab's own end is one of them.
 */
final class LabTests {
    /** Tests that find Bulkhead installed, and those that find the host restarted after them. */
    private static final String INSTALLED = "installed";

    private static final String RESTARTED = "restarted";
    private static final String OTHERS = "!" + INSTALLED + " & !" + RESTARTED;

    /** The tag of tests that not every host can run. */
    private static final String SPECIAL = "special";

    /** The class whose tests have these tags. */
    private static final String INSTALLED_TESTS = "InstalledIT";

    private static final Duration INSTALL_DEADLINE = Duration.ofMinutes(2);

    private final Guest.Plan plan;
    private final Release release;
    private final boolean special;
    private final List<String> selection;
    private final Path reports;
    private final PrintStream out;
    private final Consumer<String> progress;
    private final long end;

    /**
     * @param special whether only tests that not every host can run
     * @param selection of tests: a class's simple name or {@code Class#method}; empty for all
     * @param reports where XML reports go
     * @param deadline for all that runs in the guest
     */
    LabTests(
            Guest.Plan plan,
            Release release,
            boolean special,
            List<String> selection,
            Path reports,
            Duration deadline,
            PrintStream out,
            Consumer<String> progress) {
        this.plan = plan;
        this.release = release;
        this.special = special;
        this.selection = selection;
        this.reports = reports;
        this.end = System.nanoTime() + deadline.toNanos();
        this.out = out;
        this.progress = progress;
    }

    /** Runs them; the answer is whether all passed. */
    boolean run() throws IOException, InterruptedException {
        ReportWriter own = new ReportWriter(reports, place(), out);
        long start = System.nanoTime();
        try (Guest guest = Guest.start(plan)) {
            boolean passed;
            try {
                guest.awaitReady(progress);
                progress.accept("up after "
                        + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s");
                passed = runPhases(guest);
            } finally {
                fetchReports(guest);
            }
            boolean any = guest.hasReports();
            own.record("the guest", "boots, runs the tests and ends", start, any ? "" : "no test ran");
            return passed && any;
        } catch (LabFailure e) {
            own.record("the guest", "boots, runs the tests and ends", start, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private boolean runPhases(Guest guest) throws IOException, InterruptedException {
        List<Boolean> passed = new ArrayList<>();
        passed.add(runTests(guest, special ? OTHERS + " & " + SPECIAL : OTHERS));
        if (!selection.isEmpty() && selection.stream().noneMatch(each -> each.startsWith(INSTALLED_TESTS))) {
            return !passed.contains(false);
        }
        progress.accept("installing Bulkhead there as an administrator would");
        guest.run("install-bulkhead", INSTALL_DEADLINE, out, out);
        passed.add(runTests(guest, INSTALLED));
        progress.accept("restarting the guest");
        guest.reboot(progress);
        passed.add(runTests(guest, RESTARTED));
        return !passed.contains(false);
    }

    private boolean runTests(Guest guest, String tag) throws IOException, InterruptedException {
        String arguments = Stream.concat(Stream.of("/lab/reports", place(), tag), selection.stream())
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        String script = """
                cd %1$s
                exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -XX:SharedArchiveFile=tests/classes.jsa -Xmx256m -Djava.io.tmpdir=/data \\
                  -Dbulkhead.test.lab=true -Dbulkhead.test.verbs-inside=true -Dbulkhead.test.shared=true -Dbulkhead.test.slowness=10 \\
                  -Dbulkhead.launcher=%1$s/bulkhead -cp "$(<tests/class-path)" %2$s %3$s
                """.formatted(Payload.HOME, TestRun.class.getName(), arguments);
        return guest.run(script, Duration.ofNanos(end - System.nanoTime()), out, out) == 0;
    }

    private String place() {
        return "lab " + release.kernelSeries() + "/" + plan.topology().name();
    }

    private void fetchReports(Guest guest) throws IOException {
        Files.createDirectories(reports);
        Path source = guest.share().resolve("reports");
        if (guest.hasReports()) {
            try (Stream<Path> files = Files.list(source)) {
                for (Path file : files.toList()) {
                    Files.copy(file, reports.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
