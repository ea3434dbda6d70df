package io.bulkhead.broker.placement;

import io.bulkhead.broker.placement.ExactSearch.Answer;
import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Finds places for all partitions of a set at once, or proves that there are none. */
final class JointSearch {
    /** More than any sum of lesser costs. */
    static final int MOVE = 1_000;

    private final Machine machine;
    private final Holdings holdings;
    private final List<Wish> wishes;
    private final ExactSearch search;
    private final Map<PartitionName, Integer> costOfMove;

    /**
     * What came out.
     *
     * @param decisions an offer for every partition of the set; empty where none was found
     * @param proven whether there is none at all, under the condition that was asked
     * @param cheapest whether no other way has fewer moves
     */
    record Result(Optional<Map<PartitionName, Decision>> decisions, boolean proven, boolean cheapest) {
        static Result none(boolean proven) {
            return new Result(Optional.empty(), proven, false);
        }
    }

    JointSearch(Machine machine, Holdings holdings, List<Wish> wishes, ExactSearch search) {
        this(machine, holdings, wishes, search, Map.of());
    }

    /**
     * @param costOfMove what it costs to move a partition that holds a slice, {@link #MOVE} where nothing is said
     */
    JointSearch(
            Machine machine,
            Holdings holdings,
            List<Wish> wishes,
            ExactSearch search,
            Map<PartitionName, Integer> costOfMove) {
        this.machine = machine;
        this.holdings = holdings;
        this.wishes = Wishes.ordered(wishes);
        this.search = search;
        this.costOfMove = costOfMove;
    }

    /**
     * Searches.
     *
     * @param mayMove whether partitions of the set that hold what they ask may be moved all the same
     */
    Result find(boolean mayMove) {
        Set<PartitionName> names = new LinkedHashSet<>();
        wishes.forEach(wish -> names.add(wish.name()));
        Holdings settled = holdings.without(names);
        List<Seeker> seekers = new ArrayList<>();
        Map<PartitionName, CpuSlice> chosen = new LinkedHashMap<>();
        for (Wish wish : wishes) {
            Optional<CpuSet> home = home(wish);
            if (!Wishes.seeks(wish.claim()) || (home.isPresent() && !mayMove)) {
                CpuSlice cpus = settledOn(wish, home);
                if (!isFree(settled, cpus)) {
                    return Result.none(true);
                }
                chosen.put(wish.name(), cpus);
                settled = settled.with(holding(wish, cpus, NodeSet.of(anyNode())));
            }
        }
        Room room = new Room(machine, settled);
        for (Wish wish : wishes) {
            if (!chosen.containsKey(wish.name())) {
                seekers.add(seeker(wish, room));
            }
        }
        return place(new Arrangement(room, seekers), seekers, chosen);
    }

    private Seeker seeker(Wish wish, Room room) {
        CpuClaim.Whole claim = (CpuClaim.Whole) wish.claim().cpus();
        // Whose threads share cores with others cannot be counted as staying: it is placed like a new one.
        Optional<CpuSet> home = home(wish)
                .filter(cpus -> claim.threads() == CpuClaim.Threads.WHOLE_CORE)
                .filter(cpus -> !cpus.intersects(room.taken()));
        return new Seeker(wish.name(), claim, home, costOfMove.getOrDefault(wish.name(), MOVE));
    }

    private Result place(Arrangement arrangement, List<Seeker> seekers, Map<PartitionName, CpuSlice> chosen) {
        ExactSearch.Question question = arrangement.question(false);
        if (question.items().stream().anyMatch(item -> item.options().isEmpty())) {
            return Result.none(true);
        }
        Answer answer = seekers.isEmpty()
                ? new Answer.Found(List.of(), List.of(), true)
                : tidyIfPossible(arrangement, question);
        if (answer instanceof Answer.NotFound none) {
            return Result.none(none.proven());
        }
        Answer.Found found = (Answer.Found) answer;
        arrangement.cpus(found).forEach((name, cpus) -> chosen.put(name, new CpuSlice.Whole(cpus, isolated(name))));
        Optional<Map<PartitionName, Decision>> offers = offers(chosen);
        return new Result(offers, offers.isEmpty(), found.cheapest());
    }

    private Answer tidyIfPossible(Arrangement arrangement, ExactSearch.Question question) {
        ExactSearch.Question tidy = arrangement.question(true);
        boolean differs = !tidy.items().equals(question.items());
        if (differs && search.search(tidy) instanceof Answer.Found found) {
            return found;
        }
        return search.search(question);
    }

    private boolean isolated(PartitionName name) {
        return wishes.stream()
                .filter(wish -> wish.name().equals(name))
                .anyMatch(wish -> ((CpuClaim.Whole) wish.claim().cpus()).isolated());
    }

    /** Memory is chosen when all CPUs are known; who has no choice comes first. */
    private Optional<Map<PartitionName, Decision>> offers(Map<PartitionName, CpuSlice> chosen) {
        Holdings placed = holdings.without(chosen.keySet());
        Map<PartitionName, Decision> decisions = new LinkedHashMap<>();
        for (Wish wish : JointMemory.narrowFirst(wishes)) {
            CpuSlice cpus = Objects.requireNonNull(chosen.get(wish.name()));
            boolean stays = holdings.of(wish.name())
                    .filter(own -> own.slice().cpus().equals(cpus))
                    .isPresent();
            Room room = new Room(machine, placed);
            Optional<Decision.Offer> offer = stays
                    ? Placement.stay(
                            room,
                            wish.claim(),
                            holdings.of(wish.name()).orElseThrow().slice())
                    : Placement.offerOn(room, wish.claim(), cpus, "where all of the set find room");
            if (offer.isEmpty()) {
                return Optional.empty();
            }
            decisions.put(wish.name(), offer.get());
            placed = Planner.with(placed, wish, offer.get());
        }
        return Optional.of(decisions);
    }

    /** Where a partition is now, if that is what it asks. */
    private Optional<CpuSet> home(Wish wish) {
        return holdings.of(wish.name())
                .map(own -> own.slice().cpus())
                .filter(cpus -> Satisfaction.holds(machine, wish.claim().cpus(), cpus))
                .filter(CpuSlice.Whole.class::isInstance)
                .map(cpus -> ((CpuSlice.Whole) cpus).cpus());
    }

    private static CpuSlice settledOn(Wish wish, Optional<CpuSet> home) {
        if (wish.claim().cpus() instanceof CpuClaim.Whole whole) {
            return new CpuSlice.Whole(whole.ids().or(() -> home).orElseThrow(), whole.isolated());
        }
        return new CpuSlice.Part(((CpuClaim.Part) wish.claim().cpus()).amount());
    }

    private boolean isFree(Holdings settled, CpuSlice slice) {
        return !(slice instanceof CpuSlice.Whole whole) || !whole.cpus().intersects(new Room(machine, settled).taken());
    }

    private int anyNode() {
        return machine.topology().nodes().get(0).id();
    }

    private static Holding holding(Wish wish, CpuSlice cpus, NodeSet nodes) {
        return new Holding(
                wish.name(),
                Slice.of(wish.claim(), cpus, nodes),
                wish.claim().cpus().wantsWholeCores());
    }
}
