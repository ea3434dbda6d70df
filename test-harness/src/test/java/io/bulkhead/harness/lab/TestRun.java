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
import java.util.Arrays;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the acceptance tests, and those of the manager that need control groups of version 2, in this JVM, inside a guest: {@code
 * TestRun REPORTS PLACE TAG [CLASS[#METHOD]]...}. A tag is {@code !name} for tests without it. Ends with 0 unless one failed.
 */
public final class TestRun {
    private static final List<DiscoverySelector> TESTS = List.of(
            selectPackage("io.bulkhead.harness.acceptance"),
            selectPackage("io.bulkhead.manager.cgroup.v2"),
            selectClass("io.bulkhead.manager.start.UnifiedPartitionIT"));
    /** Where a class that is asked for by its short name may be. */
    private static final List<String> PACKAGES =
            List.of("io.bulkhead.harness.acceptance", "io.bulkhead.manager.cgroup.v2", "io.bulkhead.manager.start");

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
                .configurationParameter("junit.jupiter.testclass.order.default", ManagersTestsFirst.class.getName())
                .build();
        LauncherFactory.create().execute(request, writer);
        // Threads that a failed test left behind are no reason to stay.
        System.exit(writer.passed() ? 0 : 1);
    }

    /** Loads what every run loads, and runs nothing. */
    private static void train() {
        LauncherFactory.create()
                .discover(LauncherDiscoveryRequestBuilder.request()
                        .selectors(TESTS)
                        .filters(includeClassNamePatterns(".*IT"))
                        .build());
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Main.run(InputStream.nullInputStream(), nowhere, nowhere, "--help");
    }

    private static List<DiscoverySelector> selectors(List<String> selection) {
        return selection.isEmpty()
                ? TESTS
                : selection.stream().map(TestRun::selector).toList();
    }

    private static DiscoverySelector selector(String selected) {
        int hash = selected.indexOf('#');
        String name = qualified(hash < 0 ? selected : selected.substring(0, hash));
        return hash < 0 ? selectClass(name) : selectMethod(name + selected.substring(hash));
    }

    private static String qualified(String simpleName) {
        return PACKAGES.stream()
                .map(each -> each + "." + simpleName)
                .filter(TestRun::exists)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no test class " + simpleName + " in " + String.join(", ", PACKAGES)));
    }

    private static boolean exists(String className) {
        try {
            Class.forName(className, false, TestRun.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
