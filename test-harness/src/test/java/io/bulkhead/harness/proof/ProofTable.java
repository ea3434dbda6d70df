package io.bulkhead.harness.proof;

import io.bulkhead.harness.proof.Reports.Outcome;
import io.bulkhead.harness.proof.Reports.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Prints which promise was proven where: {@code ProofTable CHECKOUT}, after the tests. */
public final class ProofTable {
    private static final String TESTS = "io.bulkhead.harness.acceptance";
    private static final Path CONTROLLERS = Path.of("/sys/fs/cgroup/cgroup.controllers");

    private ProofTable() {}

    /**
     * A promise, and the tests that prove it together.
     *
     * @param tests as {@code Class#method}, or {@code Class#} for all of a class
     */
    record Claim(String promise, Set<String> tests) {
        private boolean isOf(Run run) {
            return tests.contains(run.className() + "#" + run.method()) || tests.contains(run.className() + "#");
        }
    }

    public static void main(String[] arguments) throws IOException {
        System.out.print(render(claims(), Reports.below(Path.of(arguments[0])), thisHost()));
    }

    /** What the acceptance tests say that they prove, sorted. */
    static Collection<Claim> claims() {
        Map<String, Claim> claims = new LinkedHashMap<>();
        for (Class<?> each :
                ReflectionSupport.findAllClassesInPackage(TESTS, type -> true, name -> name.endsWith("IT"))) {
            AnnotationSupport.findAnnotation(each, Proves.class)
                    .ifPresent(proves -> add(claims, proves.value(), each.getName() + "#"));
            AnnotationSupport.findAnnotatedMethods(each, Proves.class, HierarchyTraversalMode.TOP_DOWN)
                    .forEach(method -> add(
                            claims,
                            method.getAnnotation(Proves.class).value(),
                            each.getName() + "#" + method.getName()));
        }
        return claims.values().stream()
                .sorted((one, other) -> one.promise().compareTo(other.promise()))
                .toList();
    }

    private static void add(Map<String, Claim> claims, String promise, String test) {
        claims.computeIfAbsent(promise, text -> new Claim(text, new LinkedHashSet<>()))
                .tests()
                .add(test);
    }

    private static String thisHost() throws IOException {
        boolean unified = Files.exists(CONTROLLERS)
                && Arrays.asList(Files.readString(CONTROLLERS).strip().split(" "))
                        .contains("memory");
        return "this host (cgroup " + (unified ? "v2" : "v1") + ")";
    }

    /** The table as text; empty where no test that proves something has run. */
    static String render(Collection<Claim> claims, List<Run> runs, String thisHost) {
        Set<String> places = new TreeSet<>();
        runs.stream()
                .filter(run -> claims.stream().anyMatch(claim -> claim.isOf(run)))
                .forEach(run -> places.add(run.place()));
        if (places.isEmpty()) {
            return "";
        }
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("PROMISE"));
        places.forEach(place -> head.add(place.isEmpty() ? thisHost : place));
        rows.add(head);
        for (Claim claim : claims) {
            List<String> row = new ArrayList<>(List.of(claim.promise()));
            for (String place : places) {
                row.add(verdict(runs.stream()
                        .filter(run -> claim.isOf(run) && run.place().equals(place))
                        .map(Run::outcome)
                        .collect(Collectors.toSet())));
            }
            rows.add(row);
        }
        return aligned(rows);
    }

    /** A promise is proven where at least one of its tests ran and none failed. */
    private static String verdict(Set<Outcome> outcomes) {
        if (outcomes.contains(Outcome.FAILED)) {
            return "BROKEN";
        }
        if (outcomes.contains(Outcome.PASSED)) {
            return "proven";
        }
        return outcomes.isEmpty() ? "not run" : "skipped";
    }

    private static String aligned(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        return rows.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder();
                    for (int i = 0; i < widths.length; i++) {
                        line.append(row.get(i))
                                .append(" ".repeat(widths[i] - row.get(i).length() + 2));
                    }
                    return line.toString().stripTrailing() + "\n";
                })
                .collect(Collectors.joining());
    }

    /** For tests. */
    static Claim claim(String promise, String... tests) {
        return new Claim(promise, Stream.of(tests).collect(Collectors.toCollection(LinkedHashSet::new)));
    }
}
