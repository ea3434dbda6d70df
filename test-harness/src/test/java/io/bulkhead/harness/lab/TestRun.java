package io.bulkhead.harness.lab;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import io.bulkhead.console.cli.Main;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the acceptance tests, and those of the manager that another kernel may answer differently, in this JVM, inside a guest:
 * {@code TestRun REPORTS PLACE TAG [CLASS[#METHOD]]...}. A tag is {@code !name} for tests without it. Ends with 0 unless one
 * failed.
 */
public final class TestRun {
    private static final List<DiscoverySelector> TESTS = List.of(
            selectPackage("io.bulkhead.harness.acceptance"),
            selectPackage("io.bulkhead.manager.cgroup.v2"),
            selectClass("io.bulkhead.manager.start.UnifiedPartitionIT"),
            selectClass("io.bulkhead.manager.sys.jna.BpfCallsIT"),
            selectClass("io.bulkhead.manager.start.HardeningWallIT"),
            selectClass("io.bulkhead.manager.storage.VolumeFilesIT"),
            selectClass("io.bulkhead.manager.storage.StorageWallIT"),
            selectClass("io.bulkhead.manager.network.NetworkIT"),
            selectClass("io.bulkhead.manager.views.ViewsIT"));

    /** The others on the class path, for rules and properties, have no test that needs a host. */
    private static final EngineFilter ENGINE = EngineFilter.includeEngines("junit-jupiter");

    /** Below it a class that is asked for by its short name may be anywhere. */
    private static final String ALL_TESTS = "io.bulkhead";

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
                .filters(includeClassNamePatterns(".*IT"), TagFilter.includeTags(arguments[2]), ENGINE)
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
                        .filters(includeClassNamePatterns(".*IT"), ENGINE)
                        .build());
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Main.run(InputStream.nullInputStream(), nowhere, nowhere, "--help");
    }

    /**
     * What is meant by classes and methods as one types them.
     *
     * @throws IllegalArgumentException where there is none of that name
     */
    static List<DiscoverySelector> selectors(List<String> selection) {
        return selection.isEmpty()
                ? TESTS
                : selection.stream().flatMap(TestRun::selectors).toList();
    }

    private static Stream<DiscoverySelector> selectors(String selected) {
        int hash = selected.indexOf('#');
        Class<?> type = classNamed(hash < 0 ? selected : selected.substring(0, hash));
        return hash < 0 ? Stream.of(selectClass(type)) : methodsNamed(type, selected.substring(hash + 1));
    }

    /** With whatever parameters. */
    private static Stream<DiscoverySelector> methodsNamed(Class<?> type, String name) {
        List<Method> methods = ReflectionSupport.findMethods(
                type, each -> each.getName().equals(name), HierarchyTraversalMode.TOP_DOWN);
        if (methods.isEmpty()) {
            throw new IllegalArgumentException("no test " + name + " in " + type.getSimpleName());
        }
        return methods.stream().map(method -> selectMethod(type, method));
    }

    private static Class<?> classNamed(String simpleName) {
        // Only classes whose name fits are loaded.
        return ReflectionSupport.findAllClassesInPackage(
                        ALL_TESTS, each -> true, each -> each.endsWith("." + simpleName))
                .stream()
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("no test class " + simpleName + " in " + ALL_TESTS + " or below"));
    }
}
