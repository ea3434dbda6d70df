package io.bulkhead.harness.bench;

import io.bulkhead.harness.bench.Interference.Round;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Keeps what was measured of each pair of neighbours and hog, and tells it. */
final class InterferenceTable {
    private static final double BUDGET = 1.1;

    private final Map<String, Results> all = new LinkedHashMap<>();

    private static final class Results {
        private final Map<Hog, List<Round>> rounds = new EnumMap<>(Hog.class);
        private final Map<Hog, String> obstacles = new EnumMap<>(Hog.class);
        private String description = "";
        private Optional<String> obstacle = Optional.empty();
    }

    private Results of(Neighbours pair) {
        return all.computeIfAbsent(pair.name(), name -> new Results());
    }

    /** One that takes part. */
    void add(Neighbours pair) {
        describe(pair);
    }

    /** Keeps what a pair says of itself now. */
    void describe(Neighbours pair) {
        of(pair).description = " (" + pair.version() + "): " + pair.terms();
    }

    /** What was measured once. */
    void add(Neighbours pair, Hog hog, Round round) {
        of(pair).rounds.computeIfAbsent(hog, each -> new ArrayList<>()).add(round);
    }

    /** One that cannot take part at all. */
    void cannotRun(Neighbours pair, String why) {
        of(pair).obstacle = Optional.of(why);
    }

    /** One that cannot take part with this hog, or no longer. */
    void cannotRun(Neighbours pair, Hog hog, String why) {
        of(pair).obstacles.put(hog, why);
    }

    boolean takesPart(Neighbours pair) {
        return of(pair).obstacle.isEmpty();
    }

    boolean takesPart(Neighbours pair, Hog hog) {
        return !of(pair).obstacles.containsKey(hog);
    }

    /** All of it, after these lines. */
    String markdown(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append('\n').append(table()).append('\n');
        all.forEach((name, results) -> text.append("- **")
                .append(name)
                .append("**")
                .append(results.obstacle.map(why -> ": cannot run: " + why).orElse(results.description))
                .append('\n'));
        text.append(remarks()).append('\n');
        for (Hog hog : Hog.values()) {
            verdict(hog).ifPresent(text::append);
        }
        return text.toString();
    }

    private Table table() {
        Table table = new Table(
                "hog, and who serves meanwhile; ms",
                "",
                "p50 alone",
                "beside",
                "p99 alone",
                "beside",
                "p99 ratio",
                "p99.9 alone",
                "beside",
                "max alone",
                "beside",
                "calls",
                "errors alone",
                "beside",
                "the hog");
        for (Hog hog : Hog.values()) {
            all.forEach((name, results) -> {
                String what = hog.title() + "; " + hog.victim().title();
                if (results.obstacles.containsKey(hog)) {
                    table.row(what, name, "cannot run", "", "", "", "", "", "", "", "", "", "", "", "");
                } else if (results.rounds.containsKey(hog)) {
                    row(table, what, name, hog, results.rounds.getOrDefault(hog, List.of()));
                }
            });
        }
        return table;
    }

    private static void row(Table table, String what, String name, Hog hog, List<Round> rounds) {
        Latencies alone = alone(rounds);
        Latencies beside = beside(rounds);
        table.row(
                what,
                name,
                Figures.millis(alone.p50Nanos()),
                Figures.millis(beside.p50Nanos()),
                Figures.millis(alone.p99Nanos()),
                Figures.millis(beside.p99Nanos()),
                ratio(beside.p99RatioTo(alone)),
                Figures.millis(alone.p999Nanos()),
                Figures.millis(beside.p999Nanos()),
                Figures.millis(alone.maxNanos()),
                Figures.millis(beside.maxNanos()),
                Integer.toString(beside.calls()),
                Integer.toString(alone.errors()),
                Integer.toString(beside.errors()),
                rounds.stream().mapToLong(Round::deeds).sum() + " " + hog.deeds());
    }

    private static Latencies alone(List<Round> rounds) {
        return Latencies.medianOf(rounds.stream().map(Round::alone).toList());
    }

    private static Latencies beside(List<Round> rounds) {
        return Latencies.medianOf(rounds.stream().map(Round::beside).toList());
    }

    /** Why somebody did not take part, and the words of the first error of each kind. */
    private String remarks() {
        StringBuilder text = new StringBuilder();
        all.forEach((name, results) -> results.obstacles.forEach((hog, why) -> text.append("- ")
                .append(name)
                .append(", ")
                .append(hog.title())
                .append(": cannot run: ")
                .append(clean(why))
                .append('\n')));
        all.forEach((name, results) -> results.rounds.forEach((hog, rounds) -> {
            Latencies beside = beside(rounds);
            if (beside.errors() > 0) {
                text.append("- first error under ")
                        .append(name)
                        .append(" beside the ")
                        .append(hog.title())
                        .append(" hog: ")
                        .append(clean(beside.why()))
                        .append('\n');
            }
        }));
        return text.toString();
    }

    /** Ours against the budget, with the peer's figure beside it. */
    private Optional<String> verdict(Hog hog) {
        Results ours = all.get("bulkhead");
        if (ours == null) {
            return Optional.empty();
        }
        String budget = "- budget, " + hog.title() + ", no errors and at most " + ratio(BUDGET) + " × alone: ";
        List<Round> rounds = ours.rounds.getOrDefault(hog, List.of());
        if (ours.obstacles.containsKey(hog) || ours.obstacle.isPresent()) {
            return Optional.of(budget + "cannot be judged\n");
        }
        if (rounds.isEmpty()) {
            return Optional.empty();
        }
        Latencies beside = beside(rounds);
        double ratio = beside.p99RatioTo(alone(rounds));
        boolean met = ratio <= BUDGET && beside.errors() == 0;
        return Optional.of(budget + (met ? "**met**" : "**not met**") + " (" + ratio(ratio) + ", " + beside.errors()
                + " errors" + peer(hog) + ")\n");
    }

    private String peer(Hog hog) {
        Results peer = all.get("crun");
        List<Round> rounds = peer == null ? List.of() : peer.rounds.getOrDefault(hog, List.of());
        if (rounds.isEmpty()) {
            return "";
        }
        Latencies beside = beside(rounds);
        return "; crun " + ratio(beside.p99RatioTo(alone(rounds))) + ", " + beside.errors() + " errors";
    }

    private static String clean(String words) {
        String line = words.replace('|', '/').replaceAll("\\s+", " ").strip();
        return line.substring(0, Math.min(line.length(), 160));
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }
}
