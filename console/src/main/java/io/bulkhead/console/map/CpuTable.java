package io.bulkhead.console.map;

import io.bulkhead.broker.HostView;
import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.console.map.CpuRun.Place;
import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Words;
import io.bulkhead.console.text.Wrapping;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The cores by package, node and last-level cache with their owners. Cores beside each other with one owner are one line;
 * where that leaves too many, so are caches, nodes and packages that one owner has whole.
 */
public final class CpuTable {
    /** As many lines as are taken in at a glance. */
    private static final int MANY = 40;

    private static final int NARROWEST_CPUS = 16;

    private final Topology topology;
    private final Map<Integer, Integer> levels;
    private final Map<Integer, HostView.Owner> owners;
    private final int width;

    /**
     * @param host with the topology and the owners
     * @param caches as the inventory tells them
     * @param width columns of the terminal
     */
    public CpuTable(HostView host, List<Inventory.Cache> caches, int width) {
        this.topology = host.topology();
        this.levels =
                caches.stream().collect(Collectors.toMap(Inventory.Cache::id, Inventory.Cache::level, (a, b) -> a));
        this.owners = host.owners().stream().collect(Collectors.toMap(HostView.Owner::cpu, each -> each, (a, b) -> a));
        this.width = width;
    }

    /** The table's lines. */
    public String render(boolean colour) {
        List<CpuRun> runs = runs();
        boolean hasCaches = !levels.isEmpty();
        boolean mixed = topology.cpus().stream().anyMatch(cpu -> cpu.coreType() != Topology.CoreType.UNIFORM);
        List<String> headings = new ArrayList<>(List.of("PACKAGE>", "NODE>"));
        if (hasCaches) {
            headings.add("CACHE");
        }
        if (mixed) {
            headings.add("KIND");
        }
        headings.addAll(List.of("CORES>", "CPUS", "OWNER"));
        List<List<String>> rows =
                runs.stream().map(run -> cells(run, hasCaches, mixed)).toList();
        int widest = cpuColumn(headings, rows);
        Table table = new Table(headings.toArray(String[]::new));
        List<String> above = List.of();
        for (List<String> row : rows) {
            row(table, row, above, widest);
            above = row;
        }
        return table.render(colour);
    }

    // ---- what is one line

    private List<CpuRun> runs() {
        List<Topology.Core> cores = topology.cores();
        List<CpuRun> runs = new ArrayList<>();
        cores.stream()
                .sorted(Comparator.comparing(Place::of)
                        .thenComparing(Topology.Core::coreType)
                        .thenComparing(Topology.Core::firstCpu))
                .map(core -> CpuRun.of(core, owner(core.threads())))
                .forEach(run -> append(runs, run, last -> last.cores()
                        .firstKey()
                        .equals(run.cores().firstKey())));
        List<CpuRun> caches = merged(runs, cores, Place::cache, Place::node);
        List<CpuRun> nodes = merged(caches, cores, Place::node, Place::socket);
        return merged(nodes, cores, Place::socket, Place::machine);
    }

    /** Merges whole neighbours of a size that are in one larger part of the machine, if there are too many lines. */
    private static List<CpuRun> merged(
            List<CpuRun> runs,
            List<Topology.Core> cores,
            Function<Place, List<Integer>> part,
            Function<Place, List<Integer>> larger) {
        if (runs.size() <= MANY) {
            return runs;
        }
        Map<List<Integer>, Integer> sizes = new HashMap<>();
        cores.forEach(core -> sizes.merge(part.apply(Place.of(core)), 1, Integer::sum));
        List<CpuRun> merged = new ArrayList<>();
        for (CpuRun run : runs) {
            Place first = run.cores().firstKey();
            append(merged, run, last -> {
                Place end = last.cores().lastKey();
                return larger.apply(end).equals(larger.apply(first))
                        && Objects.equals(sizes.get(part.apply(end)), sizes.get(part.apply(first)))
                        && last.isWhole(part, sizes)
                        && run.isWhole(part, sizes);
            });
        }
        return merged;
    }

    /** Adds a run to the last one where they are alike and fit, else behind it. */
    private static void append(List<CpuRun> runs, CpuRun run, Predicate<CpuRun> fits) {
        CpuRun last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        if (last != null && last.alike().equals(run.alike()) && fits.test(last)) {
            runs.set(runs.size() - 1, last.with(run));
        } else {
            runs.add(run);
        }
    }

    private String owner(CpuSet threads) {
        SortedMap<String, CpuSet> named = new TreeMap<>();
        threads.stream()
                .forEach(
                        cpu -> named.merge(owner(Optional.ofNullable(owners.get(cpu))), CpuSet.of(cpu), CpuSet::union));
        return named.size() == 1
                ? named.firstKey()
                : named.entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static String owner(Optional<HostView.Owner> owner) {
        return owner.map(each -> each.shared() ? each.owner() + " (pool)" : each.owner())
                .orElse("unknown");
    }

    // ---- how it looks

    private List<String> cells(CpuRun run, boolean hasCaches, boolean mixed) {
        List<String> cells = new ArrayList<>();
        cells.add(ranges(run.cores().keySet().stream().map(Place::packageId)));
        cells.add(ranges(run.cores().keySet().stream().map(Place::nodeId)));
        if (hasCaches) {
            cells.add(cache(run));
        }
        if (mixed) {
            cells.add(Words.constant(run.alike().type()));
        }
        cells.add(
                run.alike().threads() == 1
                        ? "" + run.coreCount()
                        : run.coreCount() + " x " + run.alike().threads());
        cells.add(run.cpus().toString());
        cells.add(run.alike().owner());
        return cells;
    }

    private String cache(CpuRun run) {
        String ids = ranges(run.cores().keySet().stream().map(Place::cacheId));
        List<Integer> known = run.cores().keySet().stream()
                .flatMap(place -> Stream.ofNullable(levels.get(place.cacheId())))
                .distinct()
                .toList();
        return known.size() == 1 ? "L" + known.get(0) + " " + ids : ids;
    }

    /** What is left for the list of CPUs when all else has its room. */
    private int cpuColumn(List<String> headings, List<List<String>> rows) {
        int cpus = headings.indexOf("CPUS");
        int others = 0;
        for (int column = 0; column < headings.size(); column++) {
            int at = column;
            int widest = Stream.concat(
                            Stream.of(headings.get(at).length()),
                            rows.stream().map(row -> row.get(at).length()))
                    .mapToInt(Integer::intValue)
                    .max()
                    .orElse(0);
            others += column == cpus ? 2 : widest + 2;
        }
        return Math.max(NARROWEST_CPUS, width - others + 2);
    }

    /** One line, or several where the list of CPUs is long; what stands above already is left out. */
    private static void row(Table table, List<String> cells, List<String> above, int widest) {
        int cpus = cells.size() - 2;
        List<String> lists = Wrapping.lines(cells.get(cpus), ",", widest);
        for (int line = 0; line < lists.size(); line++) {
            List<Cell> shown = new ArrayList<>();
            boolean same = true;
            for (int column = 0; column < cells.size(); column++) {
                String text = cells.get(column);
                boolean place = column < cpus - 1;
                same = same && place && !above.isEmpty() && above.get(column).equals(text);
                shown.add(Cell.of(same || line > 0 ? "" : text));
            }
            shown.set(cpus, Cell.of(lists.get(line)));
            if (line == 0) {
                shown.set(cpus + 1, new Cell(cells.get(cpus + 1), tone(cells.get(cpus + 1))));
            }
            table.row(shown.toArray(Cell[]::new));
        }
    }

    private static Tone tone(String owner) {
        return owner.equals(HostView.FREE)
                ? Tone.GOOD
                : owner.startsWith(HostView.HOST + " ") ? Tone.FAINT : Tone.PLAIN;
    }

    /** Numbers as the kernel writes lists, {@code 0-3,5}; those of packages may be larger than a CPU's can. */
    static String ranges(Stream<Integer> numbers) {
        List<Integer> sorted = numbers.distinct().sorted().toList();
        StringBuilder text = new StringBuilder();
        for (int first = 0; first < sorted.size(); ) {
            int last = first;
            while (last + 1 < sorted.size() && sorted.get(last + 1) == sorted.get(last) + 1) {
                last++;
            }
            text.append(text.isEmpty() ? "" : ",").append(sorted.get(first));
            text.append(last == first ? "" : "-" + sorted.get(last));
            first = last + 1;
        }
        return text.toString();
    }
}
