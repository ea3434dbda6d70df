package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.partition.CpuClaim;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Chooses whole CPUs out of those that are free: of one kind, on one node if it fits, in one last-level cache if it fits,
 * where the least is left over, then the lowest.
 */
final class CpuChoice {
    private final Room room;
    private final Machine machine;
    private final CpuClaim.Whole claim;

    /** Whether a node has room for the claim's memory. */
    private final Function<Integer, Boolean> memoryFits;

    /**
     * CPUs for a claim.
     *
     * @param cpus as many as claimed
     * @param why the reasons for just these, one sentence without a full stop each
     */
    record Choice(CpuSet cpus, List<String> why) {}

    /** A node or a last-level cache with its cores. */
    private record Place(int id, List<Integer> cores) {}

    /** A node that has room for all of the claim. */
    private record Candidate(
            int node, List<Integer> cores, boolean memoryIsThere, int distance, boolean oneCache, int free) {
        static final Comparator<Candidate> BEST = Comparator.comparing((Candidate each) -> !each.memoryIsThere)
                .thenComparing(Candidate::distance)
                .thenComparing(each -> !each.oneCache)
                .thenComparing(Candidate::free)
                .thenComparing(Candidate::node);
    }

    CpuChoice(Room room, CpuClaim.Whole claim, Function<Integer, Boolean> memoryFits) {
        this.room = room;
        this.machine = room.machine();
        this.claim = claim;
        this.memoryFits = memoryFits;
    }

    /** Whether there is room for a claim of a shape that this machine can have; the same answer as choosing, but sooner. */
    static boolean fits(Room room, CpuClaim.Whole claim) {
        return claim.ids()
                .map(ids -> !ids.intersects(room.taken()))
                .orElseGet(() -> Scope.of(room.machine(), claim).stream()
                        .anyMatch(scope -> Scope.fits(room, scope.cores(), claim)));
    }

    /** The CPUs for the claim; empty where they are not free. */
    Optional<Choice> choose() {
        if (claim.ids().isPresent()) {
            return claim.ids()
                    .filter(ids -> !ids.intersects(room.taken()))
                    .map(ids -> new Choice(ids, List.of("the CPUs that it names")));
        }
        for (CoreType type : claim.coreType().map(List::of).orElse(machine.types())) {
            Optional<Choice> choice = ofType(type).map(found -> withType(found, type));
            if (choice.isPresent()) {
                return choice;
            }
        }
        return Optional.empty();
    }

    private Choice withType(Choice choice, CoreType type) {
        if (machine.types().size() == 1) {
            return choice;
        }
        List<String> why = new ArrayList<>(choice.why());
        boolean second = claim.coreType().isEmpty() && type != machine.types().get(0);
        why.add(Words.type(type) + " cores"
                + (second
                        ? ": there is no room on " + Words.type(machine.types().get(0)) + " cores"
                        : ""));
        return new Choice(choice.cpus(), why);
    }

    private Optional<Choice> ofType(CoreType type) {
        List<Place> nodes = new ArrayList<>();
        machine.coresOfNode().forEach((node, cores) -> {
            List<Integer> ofType = Scope.ofType(machine, cores, type);
            if (!ofType.isEmpty() && claim.node().map(node::equals).orElse(true)) {
                nodes.add(new Place(node, ofType));
            }
        });
        Optional<Candidate> best =
                nodes.stream().map(this::candidate).flatMap(Optional::stream).min(Candidate.BEST);
        if (best.isPresent()) {
            return Optional.of(onNode(best.get(), nodes.size()));
        }
        return claim.oneCache() ? acrossNodesInOneCache(type) : acrossNodes(nodes);
    }

    private Optional<Candidate> candidate(Place node) {
        boolean cache = caches(node.cores()).stream().anyMatch(each -> Scope.fits(room, each.cores(), claim));
        if (claim.oneCache() ? !cache : !Scope.fits(room, node.cores(), claim)) {
            return Optional.empty();
        }
        return Optional.of(new Candidate(
                node.id(), node.cores(), memoryFits.apply(node.id()), distance(node.id()), cache, free(node)));
    }

    /** How far a node is from the device that the claim wants to be near; the same for all where it names none. */
    private int distance(int node) {
        return claim.near()
                .flatMap(machine::device)
                .flatMap(Device::node)
                .map(home -> machine.topology().distance(home, node))
                .orElse(0);
    }

    private Choice onNode(Candidate best, int nodes) {
        List<Place> caches = caches(best.cores());
        List<String> why = new ArrayList<>();
        why.add(
                claim.node().isPresent()
                        ? "on node " + best.node() + " as it says"
                        : nodes == 1
                                ? "on one node (" + best.node() + ")"
                                : "on one node (" + best.node() + ", " + reasonForNode() + ")");
        claim.near().ifPresent(device -> why.add(nearness(device, best)));
        if (best.oneCache()) {
            Place cache = caches.stream()
                    .filter(each -> Scope.fits(room, each.cores(), claim))
                    .min(Comparator.comparing(this::free).thenComparing(Place::id))
                    .orElseThrow();
            why.add("in one last-level cache (" + cache.id()
                    + (caches.size() == 1 ? ")" : ", the fullest that has room)"));
            return new Choice(pick(cache.cores()), why);
        }
        why.add("across last-level caches: none on the node has room for all");
        return new Choice(pick(joined(ordered(caches, each -> 0))), why);
    }

    private String reasonForNode() {
        return claim.near().isPresent() ? "the nearest that has room" : "the fullest that has room";
    }

    private String nearness(String device, Candidate best) {
        Optional<Integer> home = machine.device(device).flatMap(Device::node);
        return device
                + home.map(node -> " is on node " + node + ", at distance " + best.distance())
                        .orElse(" is as near to every node");
    }

    /** Some machines have a last-level cache that nodes share. */
    private Optional<Choice> acrossNodesInOneCache(CoreType type) {
        return Scope.of(machine, claim).stream()
                .filter(scope -> scope.type() == type && Scope.fits(room, scope.cores(), claim))
                .min(Comparator.comparing((Scope scope) -> Scope.largest(room, scope.cores(), claim.threads()))
                        .thenComparing(scope -> scope.cores().get(0)))
                .map(scope ->
                        new Choice(pick(scope.cores()), List.of("in one last-level cache, which its nodes share")));
    }

    private Optional<Choice> acrossNodes(List<Place> nodes) {
        if (!Scope.fits(room, joined(nodes), claim)) {
            return Optional.empty();
        }
        List<Integer> cores = new ArrayList<>();
        for (Place node : ordered(nodes, this::distance)) {
            cores.addAll(joined(ordered(caches(node.cores()), each -> 0)));
        }
        CpuSet cpus = pick(cores);
        return Optional.of(new Choice(
                cpus,
                List.of("across nodes " + machine.topology().nodesOf(cpus) + ": none has room for all "
                        + Words.cpuCount(claim.count()))));
    }

    private List<Place> caches(List<Integer> cores) {
        TreeMap<Integer, List<Integer>> byCache = cores.stream()
                .collect(Collectors.groupingBy(
                        core -> machine.cores().get(core).cacheId(), TreeMap::new, Collectors.toList()));
        return byCache.entrySet().stream()
                .map(each -> new Place(each.getKey(), each.getValue()))
                .toList();
    }

    /**
     * Places in the order in which they are filled, so that few are touched: the emptiest first, then the fullest that has
     * room for the rest.
     */
    private List<Place> ordered(List<Place> places, Function<Integer, Integer> distance) {
        Comparator<Place> nearest = Comparator.comparing(place -> distance.apply(place.id()));
        List<Place> left = places.stream()
                .sorted(nearest.thenComparing(place -> -free(place)).thenComparing(Place::id))
                .collect(Collectors.toCollection(ArrayList::new));
        List<Place> ordered = new ArrayList<>();
        int wanted = claim.count();
        while (!left.isEmpty()) {
            int rest = wanted;
            Place next = left.stream()
                    .filter(place -> free(place) >= rest)
                    .min(nearest.thenComparing(this::free).thenComparing(Place::id))
                    .orElse(left.get(0));
            left.remove(next);
            ordered.add(next);
            wanted = Math.max(0, wanted - free(next));
        }
        return ordered;
    }

    private static List<Integer> joined(List<Place> places) {
        return places.stream().flatMap(place -> place.cores().stream()).toList();
    }

    private int free(Place place) {
        return Scope.largest(room, place.cores(), claim.threads());
    }

    private CpuSet pick(List<Integer> cores) {
        return claim.threads() == CpuClaim.Threads.WHOLE_CORE
                ? wholeCores(room, room.whole(cores), claim.count())
                : anyThreads(room, cores, claim.count());
    }

    /** Threads of cores that are divided already come first, so that whole cores stay whole. */
    static CpuSet anyThreads(Room room, List<Integer> cores, int count) {
        List<Integer> ordered = new ArrayList<>(
                cores.stream().filter(core -> !room.isWhole(core)).toList());
        ordered.addAll(room.whole(cores));
        return CpuSet.of(ordered.stream()
                .flatMapToInt(core -> room.freeThreads(core).stream())
                .limit(count)
                .toArray());
    }

    /** The first cores whose threads add up to the count; with cores of several sizes one may have to be left out. */
    static CpuSet wholeCores(Room room, List<Integer> free, int count) {
        Machine machine = room.machine();
        int size = Scope.oneSize(machine, free);
        List<BigInteger> sums = size > 0 ? List.of() : Scope.sums(machine, free);
        List<Integer> chosen = new ArrayList<>();
        int left = count;
        for (int i = 0; left > 0; i++) {
            int own = machine.size(free.get(i));
            if (size > 0 || own <= left && sums.get(i + 1).testBit(left - own)) {
                chosen.add(free.get(i));
                left -= own;
            }
        }
        return CpuSet.of(chosen.stream()
                .flatMapToInt(core -> machine.cores().get(core).threads().stream())
                .toArray());
    }
}
