package io.bulkhead.broker.placement;

import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.PartitionName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the smallest set of partitions whose release would make room for a claim. Up to {@link #MOST_TRIALS} sets are
 * tried, the small ones first; where that is not enough the answer is a set of which none can be left out.
 */
final class RoomMakers {
    /** As many trials as take some tenths of a second on a large machine. */
    static final int MOST_TRIALS = 4_000;

    private final Machine machine;
    private final Holdings holdings;
    private final Claim claim;
    private final boolean byDeletion;
    private int trials;

    /**
     * @param claim of a shape that the machine can have
     * @param byDeletion whether partitions would be deleted with their volumes, and not only release their slices
     */
    RoomMakers(Machine machine, Holdings holdings, Claim claim, boolean byDeletion) {
        this.byDeletion = byDeletion;
        this.machine = machine;
        this.holdings = holdings;
        this.claim = claim;
    }

    /** Ascending by name; empty where even the release of all would not do. */
    List<PartitionName> smallest() {
        List<PartitionName> owners = owners();
        if (!fitsWithout(Set.copyOf(owners))) {
            return List.of();
        }
        List<PartitionName> irreducible = irreducible();
        for (int size = 1; size < Math.max(2, irreducible.size()) && trials < MOST_TRIALS; size++) {
            Optional<List<PartitionName>> found = ofSize(owners, size, 0, new ArrayList<>());
            if (found.isPresent()) {
                return found.get();
            }
        }
        return irreducible;
    }

    private List<PartitionName> owners() {
        List<PartitionName> owners =
                new ArrayList<>(holdings.all().stream().map(Holding::owner).toList());
        if (byDeletion) {
            owners.addAll(holdings.kept().keySet());
            owners.sort(Comparator.naturalOrder());
        }
        return owners;
    }

    /** Starts from all and leaves out whom it can, those who hold least first: what remains tends to be few. */
    private List<PartitionName> irreducible() {
        List<PartitionName> bySize = new ArrayList<>(holdings.all().stream()
                .sorted(Comparator.<Holding>comparingInt(
                                holding -> holding.cpus().size())
                        .thenComparing(Holding::entitlement)
                        .thenComparing(holding -> holding.slice().memory())
                        .thenComparing(Holding::owner))
                .map(Holding::owner)
                .toList());
        if (byDeletion) {
            bySize.addAll(0, holdings.kept().keySet());
        }
        Set<PartitionName> needed = new HashSet<>(bySize);
        for (PartitionName owner : bySize) {
            needed.remove(owner);
            if (!fitsWithout(needed)) {
                needed.add(owner);
            }
        }
        return needed.stream().sorted().toList();
    }

    private Optional<List<PartitionName>> ofSize(
            List<PartitionName> owners, int size, int from, List<PartitionName> chosen) {
        if (size == 0) {
            return fitsWithout(Set.copyOf(chosen)) ? Optional.of(List.copyOf(chosen)) : Optional.empty();
        }
        for (int i = from; i <= owners.size() - size && trials < MOST_TRIALS; i++) {
            chosen.add(owners.get(i));
            Optional<List<PartitionName>> found = ofSize(owners, size - 1, i + 1, chosen);
            chosen.remove(chosen.size() - 1);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private boolean fitsWithout(Set<PartitionName> released) {
        trials++;
        Holdings left = byDeletion ? holdings.without(released) : holdings.released(released);
        return Placement.fits(new Room(machine, left), claim);
    }
}
