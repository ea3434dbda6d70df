package io.bulkhead.harness.bench;

import io.bulkhead.harness.bench.Contender.CannotRunException;
import io.bulkhead.harness.bench.Interference.Round;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** What a hog does to its neighbour, beside what it does under crun; the budget is in the design's section 12. */
final class InterferenceBench {
    /** Variable: {@code no} leaves the host's own tasks where they are; on cgroup v2 they leave by themselves. */
    private static final String CONFINE = "BULKHEAD_BENCH_CONFINE";

    /** Variables for a look that is not to be recorded. */
    private static final String ROUNDS = "BULKHEAD_BENCH_ROUNDS";

    private static final String SECONDS = "BULKHEAD_BENCH_SECONDS";
    private static final String HOGS = "BULKHEAD_BENCH_HOGS";

    private final Consumer<String> progress;
    private final int rounds = Integer.parseInt(System.getenv().getOrDefault(ROUNDS, "5"));
    private final double seconds = Double.parseDouble(System.getenv().getOrDefault(SECONDS, "3"));
    private final List<Hog> hogs = hogs(System.getenv().getOrDefault(HOGS, ""));
    private final InterferenceTable results = new InterferenceTable();

    InterferenceBench(Consumer<String> progress) {
        this.progress = progress;
    }

    private static List<Hog> hogs(String names) {
        if (names.isEmpty()) {
            return List.of(Hog.values());
        }
        return List.of(names.split(",")).stream().map(Hog::valueOf).toList();
    }

    /** Runs, and returns the results in Markdown. */
    String run() throws IOException {
        String instance = "bulkhead-bench-" + ProcessHandle.current().pid();
        String peers = instance + "-peers";
        Leftovers before = Leftovers.now();
        Syscalls sys = new JnaSyscalls();
        boolean network = hogs.stream().anyMatch(Hog::needsNetwork);
        String host = "yes".equals(System.getenv().getOrDefault(CONFINE, "yes")) ? "[host]\nconfine = true" : "";
        List<String> lines = new ArrayList<>();
        Path place = Files.createTempDirectory(instance);
        try (BenchDisk disk = BenchDisk.make(instance);
                ManagerProcess manager = ManagerProcess.start(
                        instance, Files.createDirectory(disk.place().resolve("bulkhead")), host);
                Stage stage = Stage.open(sys, place)) {
            lines.addAll(HostLines.of(manager.host()));
            lines.add("whole CPUs: "
                    + (host.isEmpty() ? "the host's own tasks are not moved" : "the host's own tasks are kept off"));
            PairTerms terms = PairTerms.on(manager.host());
            Path files = Files.createDirectory(disk.place().resolve("containers"));
            long uids = ManagerProcess.UID_BASE + (long) ManagerProcess.UID_RANGES * Terms.UIDS;
            List<Neighbours> pairs = List.of(
                    new BulkheadNeighbours(manager, terms, network),
                    new CrunNeighbours(stage, terms, peers, uids, files, Optional.of(disk.disk()), network));
            try {
                takeTurns(pairs, terms);
            } finally {
                for (Neighbours pair : pairs) {
                    pair.close();
                }
            }
        } catch (CannotRunException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            Files.delete(place);
            Leftovers.removeGroups(peers);
        }
        lines.add("load at the end: " + HostLines.load());
        lines.add("method: " + rounds + " rounds of " + seconds + " s alone and " + seconds
                + " s beside each hog, in turns; percentiles are medians of the rounds'");
        List<String> left = Leftovers.now().carrying(instance, before);
        lines.add("left behind: " + (left.isEmpty() ? "nothing" : String.join(", ", left)));
        return results.markdown(lines);
    }

    private void takeTurns(List<Neighbours> pairs, PairTerms terms) throws IOException {
        for (Neighbours pair : pairs) {
            try {
                pair.prepare();
                results.add(pair);
            } catch (CannotRunException e) {
                results.cannotRun(pair, String.valueOf(e.getMessage()));
            }
        }
        for (int round = 0; round < rounds; round++) {
            List<Neighbours> order = new ArrayList<>(pairs);
            Collections.shuffle(order, new Random(round));
            for (Neighbours pair : order) {
                if (results.takesPart(pair)) {
                    turn(pair, terms, round);
                }
            }
        }
    }

    private void turn(Neighbours pair, PairTerms terms, int round) throws IOException {
        progress.accept("round " + (round + 1) + " of " + rounds + ": " + pair.name());
        Interference interference = new Interference(pair, terms.victimCpus(), seconds);
        try {
            pair.open();
            results.describe(pair);
            List<Hog> order = new ArrayList<>(hogs);
            Collections.shuffle(order, new Random(round));
            for (Hog hog : order) {
                if (pair.obstacle(hog).isPresent()) {
                    results.cannotRun(pair, hog, pair.obstacle(hog).get());
                } else if (results.takesPart(pair, hog)) {
                    measure(interference, pair, hog, round);
                }
            }
        } catch (IOException e) {
            results.cannotRun(pair, "round " + (round + 1) + ": " + e.getMessage());
            progress.accept(pair.name() + " drops out: " + e.getMessage());
        } finally {
            pair.shut();
        }
    }

    private void measure(Interference interference, Neighbours pair, Hog hog, int round) throws IOException {
        try {
            Round measured = interference.measure(hog, round % 2 == 1);
            results.add(pair, hog, measured);
            progress.accept("  " + hog.title() + ": p99 "
                    + Figures.millis(measured.alone().p99Nanos()) + " alone, "
                    + Figures.millis(measured.beside().p99Nanos()) + " beside, errors "
                    + measured.beside().errors() + " " + measured.beside().why() + "; " + measured.deeds() + " "
                    + hog.deeds());
        } catch (IOException e) {
            results.cannotRun(pair, hog, String.valueOf(e.getMessage()));
            progress.accept("  " + hog.title() + " drops out: " + e.getMessage());
            pair.calmHog();
        }
    }
}
