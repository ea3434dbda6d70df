package io.bulkhead.broker.placement;

import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.broker.placement.SetPlan.Move;
import io.bulkhead.broker.placement.SetPlan.Proposal;
import io.bulkhead.contract.partition.PartitionName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks for partitions that, bound again elsewhere, would make room for a set that has none: first one, then two, then three
 * of them by trying, those that do not run first; then any number by exhaustive search.
 */
final class Moves {
    /** As many offers as take about a second on a large machine. */
    private static final int MOST_OFFERS = 2_000;

    private static final int MOST_TRIED_TOGETHER = 3;

    private final Machine machine;
    private final Holdings holdings;
    private final List<Wish> wishes;
    private final List<Tenant> tenants;
    private final ExactSearch search;
    private int offers;

    Moves(Machine machine, Holdings holdings, List<Wish> wishes, List<Tenant> tenants, ExactSearch search) {
        this.machine = machine;
        this.holdings = holdings;
        this.wishes = wishes;
        this.search = search;
        Set<PartitionName> set = wishes.stream().map(Wish::name).collect(Collectors.toSet());
        this.tenants = tenants.stream()
                .filter(tenant -> !set.contains(tenant.name())
                        && holdings.of(tenant.name()).isPresent())
                .sorted(Comparator.comparing(Tenant::running)
                        .thenComparing(tenant ->
                                holdings.of(tenant.name()).orElseThrow().cpus().size())
                        .thenComparing(Tenant::name))
                .toList();
    }

    /**
     * What would help.
     *
     * @param decisions for the set as it stands: who of it has a place keeps it
     */
    List<Proposal> proposals(Map<PartitionName, Decision> decisions) {
        if (tenants.isEmpty() || !enoughInSum()) {
            return List.of();
        }
        List<Wish> refused = wishes.stream()
                .filter(wish -> decisions.get(wish.name()) instanceof Decision.Refused)
                .toList();
        Holdings placed = holdings.without(wishes.stream().map(Wish::name).collect(Collectors.toSet()));
        for (Wish wish : wishes) {
            Decision decision = decisions.get(wish.name());
            placed = decision == null ? placed : Planner.with(placed, wish, decision);
        }
        List<Proposal> proposals = new ArrayList<>();
        Optional<Proposal> tried = tried(tenants, placed, refused);
        tried.ifPresent(proposals::add);
        if (tried.isPresent() && tried.get().moves().stream().anyMatch(Move::running)) {
            List<Tenant> stopped =
                    tenants.stream().filter(tenant -> !tenant.running()).toList();
            tried(stopped, placed, refused).ifPresent(proposals::add);
        }
        if (proposals.isEmpty()) {
            searched().ifPresent(proposals::add);
        }
        return proposals;
    }

    /** Moving frees nothing in sum. */
    private boolean enoughInSum() {
        Room room = new Room(
                machine, holdings.without(wishes.stream().map(Wish::name).collect(Collectors.toSet())));
        long bytes =
                wishes.stream().mapToLong(wish -> wish.claim().memory().bytes()).reduce(0, Math::addExact);
        return bytes <= room.freeBytes() && JointMemory.sumsFit(room, wishes);
    }

    // ---- by trying

    private Optional<Proposal> tried(List<Tenant> candidates, Holdings placed, List<Wish> refused) {
        for (int count = 1; count <= Math.min(MOST_TRIED_TOGETHER, candidates.size()); count++) {
            Optional<List<Move>> found = ofCount(candidates, count, 0, new ArrayList<>(), placed, refused);
            if (found.isPresent()) {
                return Optional.of(new Proposal(found.get(), candidates.equals(tenants)));
            }
        }
        return Optional.empty();
    }

    private Optional<List<Move>> ofCount(
            List<Tenant> candidates, int count, int from, List<Tenant> chosen, Holdings placed, List<Wish> refused) {
        if (count == 0) {
            return together(chosen, placed, refused);
        }
        for (int i = from; i <= candidates.size() - count && offers < MOST_OFFERS; i++) {
            chosen.add(candidates.get(i));
            Optional<List<Move>> found = ofCount(candidates, count - 1, i + 1, chosen, placed, refused);
            chosen.remove(chosen.size() - 1);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<List<Move>> together(List<Tenant> movers, Holdings placed, List<Wish> refused) {
        Set<PartitionName> names = movers.stream().map(Tenant::name).collect(Collectors.toSet());
        List<Wish> wishesOfMovers = Wishes.ordered(movers.stream()
                .map(tenant -> new Wish(tenant.name(), tenant.claim()))
                .toList());
        Holdings now = placed.without(names);
        Map<PartitionName, Decision> decisions = new LinkedHashMap<>();
        for (List<Wish> group : List.of(refused, wishesOfMovers)) {
            for (Wish wish : group) {
                offers++;
                Decision decision = Placement.offer(machine, now, wish.claim());
                if (!(decision instanceof Decision.Offer)) {
                    return Optional.empty();
                }
                decisions.put(wish.name(), decision);
                now = Planner.with(now, wish, decision);
            }
        }
        return Optional.of(moves(decisions));
    }

    // ---- by searching

    private Optional<Proposal> searched() {
        List<Wish> all = new ArrayList<>(wishes);
        Map<PartitionName, Integer> costs = new HashMap<>();
        for (Tenant tenant : tenants) {
            if (Satisfaction.holds(
                    machine,
                    tenant.claim().cpus(),
                    holdings.of(tenant.name()).orElseThrow().slice().cpus())) {
                all.add(new Wish(tenant.name(), tenant.claim()));
                costs.put(tenant.name(), tenant.running() ? JointSearch.MOVE + 1 : JointSearch.MOVE);
            }
        }
        JointSearch.Result result = new JointSearch(machine, holdings, all, search, costs).find(true);
        return result.decisions()
                .map(this::moves)
                .filter(moves -> !moves.isEmpty())
                .map(moves -> new Proposal(moves, result.cheapest()));
    }

    private List<Move> moves(Map<PartitionName, Decision> decisions) {
        List<Move> moves = new ArrayList<>();
        for (Tenant tenant : tenants) {
            if (decisions.get(tenant.name()) instanceof Decision.Offer offer) {
                Holding held = holdings.of(tenant.name()).orElseThrow();
                boolean same = held.slice().cpus().equals(offer.slice().cpus())
                        && held.slice().memoryNodes().equals(offer.slice().memoryNodes());
                if (!same) {
                    moves.add(new Move(tenant.name(), tenant.running(), held.slice(), offer.slice()));
                }
            }
        }
        return moves.stream().sorted(Comparator.comparing(Move::name)).toList();
    }
}
