package io.bulkhead.harness.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code ./dev bench [--record] [NAME…]}: runs benchmarks as root and prints their results. */
public final class Bench {
    private static final String USAGE = "usage: ./dev bench [--record] [NAME]...   with NAME one of ";
    private static final String RECORD = "--record";
    private static final Path RECORDS = Path.of("test-harness/BENCHMARKS.md");
    private static final int EXIT_USAGE = 2;

    private Bench() {}

    @FunctionalInterface
    private interface Benchmark {
        String run() throws IOException;
    }

    private static Map<String, Benchmark> all() {
        Map<String, Benchmark> all = new LinkedHashMap<>();
        all.put("start", () -> new StartBench(Bench::say).run());
        all.put("memory", () -> new MemoryBench(Bench::say).run());
        all.put("planner", () -> new PlannerBench(Bench::say).run());
        all.put("api", () -> new ApiBench(Bench::say).run());
        all.put("interference", () -> new InterferenceBench(Bench::say).run());
        all.put("console", () -> new ConsoleBench(Bench::say).run());
        return all;
    }

    public static void main(String[] arguments) throws IOException {
        Map<String, Benchmark> all = all();
        List<String> names = new ArrayList<>(Arrays.asList(arguments));
        boolean record = names.remove(RECORD);
        if (!all.keySet().containsAll(names)) {
            System.err.println(USAGE + String.join(", ", all.keySet()));
            System.exit(EXIT_USAGE);
        }
        Set<String> wanted = names.isEmpty() ? all.keySet() : Set.copyOf(names);
        for (Map.Entry<String, Benchmark> each : all.entrySet()) {
            if (wanted.contains(each.getKey())) {
                String results = each.getValue().run();
                System.out.println("\n## " + each.getKey() + "\n\n" + results);
                if (record) {
                    Files.writeString(RECORDS, withSection(Files.readString(RECORDS), each.getKey(), results));
                }
            }
        }
    }

    /** Replaces what stands between the two comments of a section. */
    static String withSection(String document, String name, String content) {
        String open = "<!-- results of " + name + " -->\n";
        String close = "<!-- end of " + name + " -->";
        int from = document.indexOf(open);
        int to = document.indexOf(close);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("the document has no section " + open.strip());
        }
        return document.substring(0, from + open.length()) + content + document.substring(to);
    }

    private static void say(String progress) {
        System.err.println("bench: " + progress);
    }
}
