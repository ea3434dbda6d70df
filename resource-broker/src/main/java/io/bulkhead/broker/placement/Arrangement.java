package io.bulkhead.broker.placement;

import io.bulkhead.broker.placement.ExactSearch.Group;
import io.bulkhead.broker.placement.ExactSearch.Item;
import io.bulkhead.broker.placement.ExactSearch.Option;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology.Core;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.PartitionName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Puts the question of who gets which cores for {@link ExactSearch}, and turns its answer into CPUs: cores of the same node,
 * cache, type and size are interchangeable, so only their number is searched for, and the lowest are taken afterwards.
 */
final class Arrangement {
    private record Kind(int node, int cache, CoreType type, int size) {
        static final Comparator<Kind> ORDER = Comparator.comparingInt(Kind::node)
                .thenComparingInt(Kind::cache)
                .thenComparing(Kind::type)
                .thenComparingInt(Kind::size);
    }

    private final Room room;
    private final Machine machine;
    private final List<Seeker> seekers;
    private final List<List<Integer>> coresOfGroup;
    private final int[] groupOf;

    /**
     * @param room what is free for the seekers, their homes included
     * @param seekers who look for CPUs, the most constrained first
     */
    Arrangement(Room room, List<Seeker> seekers) {
        this.room = room;
        this.machine = room.machine();
        this.seekers = seekers;
        TreeMap<Kind, List<Integer>> kinds = IntStream.range(0, machine.cores().size())
                .boxed()
                .collect(Collectors.groupingBy(this::kind, () -> new TreeMap<>(Kind.ORDER), Collectors.toList()));
        coresOfGroup = List.copyOf(kinds.values());
        groupOf = new int[machine.cores().size()];
        for (int group = 0; group < coresOfGroup.size(); group++) {
            for (int core : coresOfGroup.get(group)) {
                groupOf[core] = group;
            }
        }
    }

    private Kind kind(int index) {
        Core core = machine.cores().get(index);
        return new Kind(core.nodeId(), core.cacheId(), core.coreType(), machine.size(index));
    }

    /**
     * The question.
     *
     * @param tidy whether everybody who would fit on one node must be on one; that is not what a claim asks, but better, and
     *     searched for briefly
     */
    ExactSearch.Question question(boolean tidy) {
        List<Group> groups = coresOfGroup.stream()
                .map(cores -> new Group(
                        machine.size(cores.get(0)),
                        room.whole(cores).size(),
                        cores.stream()
                                .filter(core -> !room.isWhole(core))
                                .mapToInt(room::free)
                                .sum()))
                .toList();
        List<Item> items = seekers.stream()
                .map(seeker -> new Item(
                        seeker.claim().count(),
                        seeker.claim().threads() == CpuClaim.Threads.WHOLE_CORE,
                        options(seeker, tidy)))
                .toList();
        return new ExactSearch.Question(groups, items, tidy);
    }

    private List<Option> options(Seeker seeker, boolean tidy) {
        List<Option> options = new ArrayList<>();
        seeker.home().ifPresent(home -> options.add(stay(home)));
        int cost = seeker.home().isPresent() ? seeker.moveCost() : 0;
        for (Scope scope : Scope.of(machine, seeker.claim())) {
            List<List<Integer>> tidied = tidy && !seeker.claim().oneCache() ? byNode(scope.cores()) : List.of();
            List<List<Integer>> roomy = tidied.stream()
                    .filter(cores -> Scope.fits(room, cores, seeker.claim()))
                    .toList();
            for (List<Integer> cores : roomy.isEmpty() ? List.of(scope.cores()) : roomy) {
                if (Scope.fits(room, cores, seeker.claim())) {
                    options.add(new Option(
                            cores.stream()
                                    .map(core -> groupOf[core])
                                    .distinct()
                                    .sorted()
                                    .toList(),
                            Optional.empty(),
                            cost));
                }
            }
        }
        return options;
    }

    private Option stay(CpuSet home) {
        Map<Integer, Integer> threads = new TreeMap<>();
        home.stream().forEach(cpu -> threads.merge(groupOf[machine.coreOf(cpu)], 1, Integer::sum));
        return new Option(List.copyOf(threads.keySet()), Optional.of(List.copyOf(threads.values())), 0);
    }

    private List<List<Integer>> byNode(List<Integer> cores) {
        return List.copyOf(cores.stream()
                .collect(Collectors.groupingBy(
                        core -> machine.cores().get(core).nodeId(), TreeMap::new, Collectors.toList()))
                .values());
    }

    /** The CPUs of each seeker by an answer: those who stay keep theirs, the others get the lowest, whole cores first. */
    Map<PartitionName, CpuSet> cpus(ExactSearch.Answer.Found found) {
        Map<PartitionName, CpuSet> cpus = new LinkedHashMap<>();
        CpuSet taken = room.taken();
        for (int i = 0; i < seekers.size(); i++) {
            Seeker seeker = seekers.get(i);
            if (seeker.home().isPresent() && found.options().get(i) == 0) {
                cpus.put(seeker.name(), seeker.home().get());
                taken = taken.union(seeker.home().get());
            }
        }
        for (CpuClaim.Threads threads : List.of(CpuClaim.Threads.WHOLE_CORE, CpuClaim.Threads.ANY)) {
            for (int i = 0; i < seekers.size(); i++) {
                Seeker seeker = seekers.get(i);
                if (seeker.claim().threads() == threads && !cpus.containsKey(seeker.name())) {
                    CpuSet chosen = pick(found.threads().get(i), taken, threads);
                    cpus.put(seeker.name(), chosen);
                    taken = taken.union(chosen);
                }
            }
        }
        return cpus;
    }

    private CpuSet pick(List<Integer> threadsOfGroup, CpuSet taken, CpuClaim.Threads threads) {
        CpuSet chosen = CpuSet.EMPTY;
        for (int group = 0; group < coresOfGroup.size(); group++) {
            int wanted = threadsOfGroup.get(group);
            List<CpuSet> free = coresOfGroup.get(group).stream()
                    .map(core -> machine.cores().get(core).threads())
                    .filter(core -> threads == CpuClaim.Threads.ANY || !core.intersects(taken))
                    .sorted(Comparator.comparing((CpuSet core) -> !core.intersects(taken))
                            .thenComparing(core -> core.ids().get(0)))
                    .map(core -> core.minus(taken))
                    .toList();
            List<Integer> ids = free.stream()
                    .flatMap(core -> core.ids().stream())
                    .limit(wanted)
                    .toList();
            if (ids.size() != wanted) {
                throw new IllegalStateException("the search has given out more CPUs than there are");
            }
            chosen = chosen.union(CpuSet.of(ids));
        }
        return chosen;
    }
}
