package io.bulkhead.harness.lab;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import io.bulkhead.console.cli.Main;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs acceptance tests in this JVM, inside a guest: {@code TestRun REPORTS PLACE TAG [CLASS[#METHOD]]...}. A tag is {@code !name} for
 * tests without it. Ends with 0 unless one failed.
 */
public final class TestRun {
    private static final String TESTS = "io.bulkhead.harness.acceptance";
    /** Far beyond what any test takes; one that hangs is to fail by itself, with its stack. */
    private static final String TIMEOUT = "5 m";

    /** The only argument of a run that fills an archive of classes. */
    private static final String TRAIN = "--train";

    private TestRun() {}

    public static void main(String[] arguments) {
        if (arguments[0].equals(TRAIN)) {
            train();
            return;
        }
        Path reports = Path.of(arguments[0]);
        ReportWriter writer = new ReportWriter(reports, arguments[1], System.out);
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectors(Arrays.asList(arguments).subList(3, arguments.length)))
                .filters(includeClassNamePatterns(".*IT"), TagFilter.includeTags(arguments[2]))
                .configurationParameter("junit.jupiter.execution.timeout.default", TIMEOUT)
                .build();
        LauncherFactory.create().execute(request, writer);
        // Threads that a failed test left behind are no reason to stay.
        System.exit(writer.passed() ? 0 : 1);
    }

    /** Loads what every run loads, and runs nothing. */
    private static void train() {
        LauncherFactory.create()
                .discover(LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectPackage(TESTS))
                        .filters(includeClassNamePatterns(".*IT"))
                        .build());
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Main.run(InputStream.nullInputStream(), nowhere, nowhere, "--help");
    }

    private static List<DiscoverySelector> selectors(List<String> selection) {
        List<DiscoverySelector> selectors = new ArrayList<>();
        for (String each : selection) {
            String name = TESTS + "." + each;
            selectors.add(each.contains("#") ? selectMethod(name) : selectClass(name));
        }
        return selectors.isEmpty() ? List.of(selectPackage(TESTS)) : selectors;
    }
}
