package io.bulkhead.harness.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes one XML report per test class, in the form that Maven's have, with the place behind each class's name; and tells of each
 * test when it has ended. A report grows with every test, so that those of a run that dies are there.
 */
final class ReportWriter implements TestExecutionListener {
    private static final int SHOWN = 12;

    private final Path directory;
    private final String place;
    private final PrintStream progress;
    private final Map<String, List<Case>> cases = new LinkedHashMap<>();
    private final Map<String, Path> files = new LinkedHashMap<>();
    private final Map<String, Long> starts = new LinkedHashMap<>();
    private @Nullable TestPlan plan;
    private boolean failed;

    /** How one test, or the set-up of a class, ended. */
    private record Case(String test, long millis, String result, String message, String details) {}

    ReportWriter(Path directory, String place, PrintStream progress) {
        this.directory = directory;
        this.place = place;
        this.progress = progress;
    }

    @Override
    public void testPlanExecutionStarted(TestPlan testPlan) {
        plan = testPlan;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        starts.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        add(test, "skipped", reason, "");
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Optional<Throwable> thrown = result.getThrowable();
        String message = thrown.map(Throwable::toString).orElse("");
        switch (result.getStatus()) {
            case SUCCESSFUL -> {
                if (test.isTest()) {
                    add(test, "", "", "");
                }
            }
            case ABORTED -> add(test, "skipped", message, "");
            case FAILED ->
                add(test, "failure", message, thrown.map(ReportWriter::stack).orElse(""));
        }
    }

    private void add(TestIdentifier test, String result, String message, String details) {
        boolean wholeClass = test.getSource().orElse(null) instanceof ClassSource;
        add(
                className(test),
                new Case(
                        wholeClass ? "" : test.getLegacyReportingName(),
                        millisSince(starts.getOrDefault(test.getUniqueId(), System.nanoTime())),
                        result,
                        message,
                        details));
    }

    /** Adds what is no test of JUnit's; it failed if there is a message. */
    void record(String className, String name, long startNanos, String failure) {
        add(className, new Case(name, millisSince(startNanos), failure.isEmpty() ? "" : "failure", failure, failure));
    }

    private static long millisSince(long startNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    private void add(String className, Case ended) {
        failed |= ended.result().equals("failure");
        cases.computeIfAbsent(className, key -> new ArrayList<>()).add(ended);
        write(className);
        tell(className.substring(className.lastIndexOf('.') + 1), ended);
    }

    private void tell(String className, Case ended) {
        boolean isFailure = ended.result().equals("failure");
        progress.printf(
                "%-7s %s.%s (%d.%d s)%s%n",
                isFailure ? "FAILED" : ended.result().isEmpty() ? "ok" : ended.result(),
                className,
                ended.test(),
                ended.millis() / 1000,
                ended.millis() % 1000 / 100,
                ended.message().isEmpty()
                        ? ""
                        : ": " + ended.message().lines().findFirst().orElse(""));
        if (isFailure) {
            ended.details().lines().limit(SHOWN).forEach(line -> progress.println("        " + line));
        }
        progress.flush();
    }

    /** The class of a test, or of the nearest above it. */
    private String className(TestIdentifier test) {
        Optional<TestIdentifier> each = Optional.of(test);
        while (each.isPresent()) {
            TestSource source = each.get().getSource().orElse(null);
            if (source instanceof MethodSource method) {
                return method.getClassName();
            }
            if (source instanceof ClassSource type) {
                return type.getClassName();
            }
            TestPlan known = plan;
            each = known == null ? Optional.empty() : known.getParent(each.get());
        }
        return test.getDisplayName();
    }

    /** Whether nothing failed. */
    boolean passed() {
        return !failed;
    }

    private void write(String className) {
        List<Case> all = cases.getOrDefault(className, List.of());
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append("<testsuite name=\"%s\" tests=\"%d\" skipped=\"%d\" failures=\"%d\" errors=\"0\">\n"
                .formatted(
                        Xml.quote(className + "@" + place), all.size(), count(all, "skipped"), count(all, "failure")));
        for (Case each : all) {
            xml.append("<testcase classname=\"%s\" name=\"%s\" time=\"%d.%03d\">"
                    .formatted(
                            Xml.quote(className + "@" + place),
                            Xml.quote(each.test()),
                            each.millis() / 1000,
                            each.millis() % 1000));
            if (!each.result().isEmpty()) {
                // Line for line what dev reads: the element opens a line of its own.
                xml.append("\n<%s message=\"%s\">%s</%s>"
                        .formatted(each.result(), Xml.quote(each.message()), Xml.quote(each.details()), each.result()));
            }
            xml.append("</testcase>\n");
        }
        xml.append("</testsuite>\n");
        Path file = files.computeIfAbsent(className, this::freeName);
        Path half = directory.resolve("half-written");
        try {
            Files.createDirectories(directory);
            Files.writeString(half, xml);
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A class has tests in several runs, before and after a restart of the guest: none takes another's report away. */
    private Path freeName(String className) {
        String name = "TEST-" + className + "@" + place.replace('/', '-').replace(' ', '-');
        Path file = directory.resolve(name + ".xml");
        for (int run = 2; Files.exists(file); run++) {
            file = directory.resolve(name + "-" + run + ".xml");
        }
        return file;
    }

    private static long count(List<Case> all, String result) {
        return all.stream().filter(each -> each.result().equals(result)).count();
    }

    private static String stack(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
