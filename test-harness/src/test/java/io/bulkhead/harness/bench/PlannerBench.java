package io.bulkhead.harness.bench;

import io.bulkhead.broker.placement.Decision;
import io.bulkhead.broker.placement.Holdings;
import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.broker.placement.Machine;
import io.bulkhead.broker.placement.Placement;
import io.bulkhead.broker.placement.Planner;
import io.bulkhead.broker.placement.SetPlan;
import io.bulkhead.broker.placement.Wish;
import io.bulkhead.broker.solver.ChocoSearch;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * How long the planner takes: one claim on machines of 16 to 1,024 CPUs, the refusal of one, and whole sets; the budget is in
 * the design's section 12. Makes nothing on this host.
 */
final class PlannerBench {
    private static final int ROUNDS = 200;
    private static final int WARM_UP = 400;
    private static final long BUDGET_NANOS = 5_000_000;
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MACHINES = 50;
    private static final int SETS = 10;
    private static final int PARTITIONS = 64;

    private final Consumer<String> progress;

    PlannerBench(Consumer<String> progress) {
        this.progress = progress;
    }

    /** A machine with somebody on it. */
    private record Scene(int cpus, int nodes, Machine machine, Holdings holdings) {}

    /** Runs, and returns the results in Markdown. */
    String run() {
        List<Scene> scenes = new ArrayList<>();
        for (int cpus = 16; cpus <= 1024; cpus *= 2) {
            int nodes = Math.max(1, cpus / 16);
            scenes.add(scene(cpus, nodes, Math.min(500, cpus / 2)));
        }
        StringBuilder text = new StringBuilder();
        HostLines.ofThisHost().forEach(line -> text.append("- ").append(line).append('\n'));
        text.append("- method: ")
                .append(ROUNDS)
                .append(" rounds after ")
                .append(WARM_UP)
                .append(" to warm up, one thread\n\n");
        Table table =
                new Table("one claim, ms", "nodes", "holdings", "median", "min", "max", "refused", "machine once");
        Figures largest = Figures.of(List.of(Long.MAX_VALUE));
        for (Scene scene : scenes) {
            progress.accept("one claim on " + scene.cpus() + " CPUs");
            Figures fits = time(scene, CpuClaim.Whole.of(4), true);
            Figures refused = time(scene, CpuClaim.Whole.of(scene.cpus()), false);
            table.row(
                    scene.cpus() + " CPUs",
                    String.valueOf(scene.nodes()),
                    String.valueOf(scene.holdings().all().size()),
                    Figures.millis(fits.medianNanos()),
                    Figures.millis(fits.minNanos()),
                    Figures.millis(fits.maxNanos()),
                    Figures.millis(refused.medianNanos()),
                    Figures.millis(timeOfMachine(scene.machine()).medianNanos()));
            largest = fits;
        }
        text.append(table).append('\n').append(sets()).append('\n');
        long median = largest.medianNanos();
        return text.append("- budget, one claim on 1,024 CPUs, 64 nodes, 500 holdings, at most 5 ms: ")
                .append(median <= BUDGET_NANOS ? "**met**" : "**not met**")
                .append(" (")
                .append(Figures.millis(median))
                .append(")\n")
                .toString();
    }

    // ---- one claim

    private static Figures time(Scene scene, CpuClaim cpus, boolean fits) {
        Claim claim = claim(cpus, 64);
        int refusalsAreDearer = fits ? 1 : 10;
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < (WARM_UP + ROUNDS) / refusalsAreDearer; i++) {
            long start = System.nanoTime();
            Decision decision = Placement.offer(scene.machine(), scene.holdings(), claim);
            long took = System.nanoTime() - start;
            if (decision instanceof Decision.Offer != fits) {
                throw new IllegalStateException("on " + scene.cpus() + " CPUs: " + decision);
            }
            if (i >= WARM_UP / refusalsAreDearer) {
                nanos.add(took);
            }
        }
        return Figures.of(nanos);
    }

    /** What is worked out once for a machine, before any claim. */
    private static Figures timeOfMachine(Machine machine) {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < MACHINES; i++) {
            long start = System.nanoTime();
            Machine again = new Machine(machine.topology(), machine.reserve());
            nanos.add(System.nanoTime() - start);
            if (again.cores().size() != machine.cores().size()) {
                throw new IllegalStateException("the machine has changed");
            }
        }
        return Figures.of(nanos);
    }

    /** Half of the holders have a core, the others a part of the pool. */
    private static Scene scene(int cpus, int nodes, int holders) {
        Machine machine = machine(cpus, nodes, 1, 2, 64L * holders + 4096);
        Holdings holdings = Holdings.NONE;
        for (int i = 0; i < holders; i++) {
            CpuClaim wanted =
                    i % 2 == 0 && i / 2 < cpus / 4 ? CpuClaim.Whole.of(2) : new CpuClaim.Part(new CpuMillis(10));
            PartitionName name = new PartitionName("p" + i);
            Claim claim = claim(wanted, 64);
            if (Placement.offer(machine, holdings, claim) instanceof Decision.Offer offer) {
                holdings = holdings.with(new Holding(name, offer.slice(), wanted instanceof CpuClaim.Whole));
            } else {
                throw new IllegalStateException("the scene is too small for " + claim);
            }
        }
        return new Scene(cpus, nodes, machine, holdings);
    }

    /** Cores of two threads, the siblings far apart; the pool is as large as it takes for the parts of a CPU. */
    private static Machine machine(int cpus, int nodes, int cachesPerNode, int threads, long mebibytes) {
        int cores = cpus / threads;
        List<Topology.Cpu> all = new ArrayList<>();
        for (int cpu = 0; cpu < cpus; cpu++) {
            int core = cpu % cores;
            int cache = (int) ((long) core * nodes * cachesPerNode / cores);
            int node = cache / cachesPerNode;
            all.add(new Topology.Cpu(cpu, node, 0, core, node, cache, CoreType.UNIFORM));
        }
        Topology topology = new Topology(
                all,
                IntStream.range(0, nodes)
                        .mapToObj(id -> new Topology.Node(id, ByteSize.ofMebibytes(mebibytes / nodes + 1024)))
                        .toList());
        int poolCores = Math.max(1, cpus / 256);
        CpuSet pool = CpuSet.of(
                IntStream.range(0, cpus).filter(cpu -> cpu % cores < poolCores).toArray());
        return new Machine(topology, new HostReserve(pool, new CpuMillis(100), ByteSize.ofMebibytes(512)));
    }

    private static Claim claim(CpuClaim cpus, int mebibytes) {
        return new Claim(cpus, ByteSize.ofMebibytes(mebibytes), 64, IoSlice.UNLIMITED);
    }

    // ---- whole sets

    /**
     * A kind of set.
     *
     * @param name to show
     * @param perCache cores of a last-level cache of the machine
     * @param wishes makes one out of random numbers
     */
    private record Kind(String name, int perCache, Function<Random, List<Wish>> wishes) {}

    private static List<Kind> kinds() {
        return List.of(
                new Kind("half full, any place", 8, random -> wishes(sizes(random, 64, PARTITIONS), false)),
                new Kind("full, any place", 8, random -> wishes(sizes(random, 128, PARTITIONS), false)),
                new Kind("full, each in one cache", 8, random -> wishes(packed(random, 8, 16, 4), true)),
                new Kind("full, 24 partitions, three to a cache", 16, random -> wishes(packed(random, 16, 8, 3), true)),
                new Kind("17 of 5 cores, each in one of 16 caches", 8, random -> wishes(pattern(5, 17, 1, 43), true)),
                new Kind("one core too many", 8, random -> wishes(oneTooMany(random), true)));
    }

    private String sets() {
        Table table = new Table(
                "64 partitions on 2 × 64 cores, ms", "median", "max", "one by one", "searched", "none", "open");
        for (Kind kind : kinds()) {
            progress.accept("sets: " + kind.name());
            sets(table, kind);
        }
        return table.toString();
    }

    private static void sets(Table table, Kind kind) {
        Machine machine = twoTimes64(kind.perCache());
        List<Long> nanos = new ArrayList<>();
        Map<String, Integer> methods = new LinkedHashMap<>();
        for (int i = 0; i < SETS; i++) {
            List<Wish> wishes = kind.wishes().apply(new Random(i));
            long start = System.nanoTime();
            SetPlan plan = Planner.plan(machine, Holdings.NONE, wishes, List.of(), new ChocoSearch(LIMIT));
            nanos.add(System.nanoTime() - start);
            methods.merge((plan.fits() ? "fits " : "none ") + plan.method(), 1, Integer::sum);
        }
        Figures figures = Figures.of(nanos);
        table.row(
                kind.name(),
                Figures.millis(figures.medianNanos()),
                Figures.millis(figures.maxNanos()),
                count(methods, "fits GREEDY"),
                count(methods, "fits EXACT"),
                count(methods, "none EXACT"),
                count(methods, "none NOT_PROVEN"));
    }

    private static String count(Map<String, Integer> methods, String method) {
        return String.valueOf(methods.getOrDefault(method, 0));
    }

    /** 2 × 64 cores, all of them for partitions: the pool has a node of its own. */
    private static Machine twoTimes64(int perCache) {
        List<Topology.Cpu> cpus = new ArrayList<>();
        for (int core = 0; core < 128; core++) {
            cpus.add(new Topology.Cpu(core, core / 64, 0, core, core / 64, core / perCache, CoreType.UNIFORM));
        }
        cpus.add(new Topology.Cpu(128, 2, 0, 128, 2, 128, CoreType.UNIFORM));
        return new Machine(
                new Topology(
                        cpus,
                        IntStream.range(0, 3)
                                .mapToObj(id -> new Topology.Node(id, ByteSize.ofMebibytes(16 * 1024)))
                                .toList()),
                new HostReserve(CpuSet.of(128), new CpuMillis(500), ByteSize.ofMebibytes(512)));
    }

    /** Sizes that fill caches exactly, in random order. */
    private static List<Integer> packed(Random random, int perCache, int caches, int inEach) {
        List<Integer> sizes = new ArrayList<>();
        for (int cache = 0; cache < caches; cache++) {
            sizes.addAll(sizes(random, perCache, inEach));
        }
        Collections.shuffle(sizes, random);
        return sizes;
    }

    private static List<Integer> oneTooMany(Random random) {
        List<Integer> sizes = packed(random, 8, 16, 4);
        sizes.set(0, sizes.get(0) + 1);
        return sizes;
    }

    private static List<Integer> pattern(int large, int ofLarge, int small, int ofSmall) {
        List<Integer> sizes = new ArrayList<>(Collections.nCopies(ofLarge, large));
        sizes.addAll(Collections.nCopies(ofSmall, small));
        return sizes;
    }

    /** So many sizes of at least 1 that add up to a sum. */
    private static List<Integer> sizes(Random random, int sum, int count) {
        List<Integer> sizes = new ArrayList<>(Collections.nCopies(count, 1));
        for (int left = sum - count; left > 0; left--) {
            int which = random.nextInt(count);
            sizes.set(which, sizes.get(which) + 1);
        }
        return sizes;
    }

    private static List<Wish> wishes(List<Integer> sizes, boolean oneCache) {
        List<Wish> wishes = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            CpuClaim.Whole cpus = CpuClaim.Whole.of(sizes.get(i));
            wishes.add(new Wish(new PartitionName("p" + i), claim(oneCache ? cpus.inOneCache() : cpus, 64)));
        }
        return wishes;
    }
}
