package io.bulkhead.harness.bench;

import io.bulkhead.harness.bench.RoundRobin.Result;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Order to first console byte, beside what other runtimes take; the budget is in the design's section 12. */
final class StartBench {
    /** Variable for a look that is not to be recorded. */
    private static final String ROUNDS = "BULKHEAD_BENCH_ROUNDS";

    /** The bridges of the two managers must not share addresses. */
    private static final String NETWORK = "[network]\nsubnet = ";

    private static final int WARM_UP = 20;
    private static final int USUAL_ROUNDS = 150;
    private static final int CPU_MILLIS = 400;
    private static final long MEMORY_BYTES = 64L << 20;
    private static final int TASKS = 128;
    private static final long IO_BYTES_PER_SECOND = 50L << 20;
    private static final double BUDGET_OF_CRUN = 1.0;
    private static final double BUDGET_OF_NSPAWN = 0.25;

    private final Consumer<String> progress;
    private final int rounds = Integer.parseInt(System.getenv().getOrDefault(ROUNDS, Integer.toString(USUAL_ROUNDS)));

    StartBench(Consumer<String> progress) {
        this.progress = progress;
    }

    /** Runs, and returns the results in Markdown. */
    String run() throws IOException {
        String instance = "bulkhead-bench-" + ProcessHandle.current().pid();
        String peers = instance + "-peers";
        Leftovers before = Leftovers.now();
        List<Result> results;
        List<String> host;
        Syscalls sys = new JnaSyscalls();
        Path place = Files.createTempDirectory(instance);
        long uids = ManagerProcess.UID_RANGES * (long) Terms.UIDS;
        try (ManagerProcess manager = ManagerProcess.start(
                        instance,
                        Files.createTempDirectory(Path.of("/var/tmp"), instance + "-"),
                        NETWORK + "10.76.16.0/24");
                ManagerProcess viewless = ManagerProcess.startWithoutViews(
                        instance + "-v", NETWORK + "10.76.17.0/24", ManagerProcess.UID_BASE + uids);
                Stage stage = Stage.open(sys, place)) {
            Terms terms = new Terms(
                    peers,
                    ManagerProcess.UID_BASE + 2 * uids,
                    manager.host().reserve().pool(),
                    CPU_MILLIS,
                    MEMORY_BYTES,
                    TASKS,
                    manager.host().disk(),
                    IO_BYTES_PER_SECOND);
            host = HostLines.of(manager.host());
            List<Contender> contenders = new ArrayList<>();
            for (WallSet walls : WallSet.values()) {
                contenders.add(new Bulkhead(walls.views() ? manager : viewless, terms, walls));
            }
            contenders.addAll(List.of(
                    new Crun(stage, terms, true),
                    new Crun(stage, terms, false),
                    new Runc(stage, terms),
                    new Lxc(stage, terms),
                    new Nspawn(stage, terms),
                    new Bubblewrap(stage)));
            results = new RoundRobin(Math.min(WARM_UP, rounds), rounds, progress).run(contenders);
        } finally {
            Files.delete(place);
            Leftovers.removeGroups(peers);
        }
        return markdown(host, results, before, instance);
    }

    private String markdown(List<String> host, List<Result> results, Leftovers before, String instance) {
        Leftovers after = Leftovers.now();
        List<String> left = after.carrying(instance, before);
        StringBuilder text = new StringBuilder();
        host.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append("- load at the end: ").append(HostLines.load()).append('\n');
        text.append("- method: ")
                .append(rounds)
                .append(" rounds after ")
                .append(Math.min(WARM_UP, rounds))
                .append(" to warm up, all contenders in turns\n");
        text.append("- left behind: ")
                .append(left.isEmpty() ? "nothing" : String.join(", ", left))
                .append("; terminals open on the host before and after: ")
                .append(before.terminals())
                .append(", ")
                .append(after.terminals())
                .append("\n\n");
        text.append(table(results)).append('\n');
        text.append(costs(results)).append('\n');
        for (Result result : results) {
            text.append("- **")
                    .append(result.contender().name())
                    .append("** (")
                    .append(result.figures().isPresent() ? result.contender().version() : "not run")
                    .append("): ")
                    .append(result.contender().terms())
                    .append('\n');
        }
        text.append('\n').append(budget(results, "crun run", BUDGET_OF_CRUN));
        text.append(budget(results, "systemd-nspawn", BUDGET_OF_NSPAWN));
        return text.toString();
    }

    private static Table table(List<Result> results) {
        Table table = new Table("start, ms", "median", "min", "max", "n", "× crun run", "× systemd-nspawn");
        Optional<Figures> crun = find(results, "crun run");
        Optional<Figures> nspawn = find(results, "systemd-nspawn");
        for (Result result : results) {
            String name = result.contender().name();
            if (result.figures().isEmpty()) {
                table.row(name, "cannot run: " + result.obstacle().orElse("?").replace('|', '/'), "", "", "", "", "");
                continue;
            }
            Figures figures = result.figures().get();
            table.row(
                    name,
                    Figures.millis(figures.medianNanos()),
                    Figures.millis(figures.minNanos()),
                    Figures.millis(figures.maxNanos()),
                    Integer.toString(figures.count()),
                    crun.map(other -> ratio(figures.ratioTo(other))).orElse("–"),
                    nspawn.map(other -> ratio(figures.ratioTo(other))).orElse("–"));
        }
        return table;
    }

    /** What each wall adds to a start that has none but those that every partition has. */
    static Table costs(List<Result> results) {
        Table table = new Table("walls, ms", "median", "more than hardening only", "× crun run");
        Optional<Figures> least = find(results, WallSet.HARDENING.title());
        Optional<Figures> crun = find(results, "crun run");
        for (WallSet walls : List.of(WallSet.HARDENING, WallSet.STORAGE, WallSet.NETWORK, WallSet.VIEWS, WallSet.ALL)) {
            Optional<Figures> figures = find(results, walls.title());
            table.row(
                    walls == WallSet.ALL ? "all walls" : walls.title().replace("bulkhead, ", ""),
                    figures.map(each -> Figures.millis(each.medianNanos())).orElse("cannot run"),
                    figures.flatMap(each ->
                                    least.map(other -> Figures.millis(each.medianNanos() - other.medianNanos())))
                            .orElse("–"),
                    figures.flatMap(each -> crun.map(other -> ratio(each.ratioTo(other))))
                            .orElse("–"));
        }
        return table;
    }

    private static String budget(List<Result> results, String peer, double most) {
        Optional<Figures> ours = find(results, "bulkhead");
        Optional<Figures> theirs = find(results, peer);
        String verdict = "cannot be judged";
        if (ours.isPresent() && theirs.isPresent()) {
            double ratio = ours.get().ratioTo(theirs.get());
            verdict = (ratio <= most ? "**met**" : "**not met**") + " (" + ratio(ratio) + ")";
        }
        return "- budget, at most " + ratio(most) + " × " + peer + ": " + verdict + "\n";
    }

    private static Optional<Figures> find(List<Result> results, String name) {
        return results.stream()
                .filter(result -> result.contender().name().equals(name))
                .findFirst()
                .flatMap(Result::figures);
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }
}
