package io.bulkhead.broker.placement;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the partitions of a set would go, all at once.
 *
 * @param fits whether there is a place for every one
 * @param method how that was found out
 * @param decisions for each partition of the set; where they do not all fit, one after another as far as they go
 * @param proposals what would make all fit, fewest moves first; empty where all do
 */
public record SetPlan(boolean fits, Method method, Map<PartitionName, Decision> decisions, List<Proposal> proposals) {
    public SetPlan {
        decisions = Map.copyOf(decisions);
        proposals = List.copyOf(proposals);
    }

    /** How it was found out. */
    public enum Method {
        /** One after another, the most constrained first. */
        GREEDY,
        /** By exhaustive search: a place for all was found, or it is proven that there is none. */
        EXACT,
        /** No place was found in the time that was given, and it is not proven that there is none. */
        NOT_PROVEN
    }

    /**
     * Moves of other partitions that would make room. All of them are released first; then the set gets its places, and those
     * moved get theirs.
     *
     * @param moves in the order of names
     * @param fewest whether no proposal has fewer moves
     */
    public record Proposal(List<Move> moves, boolean fewest) {
        public Proposal {
            moves = List.copyOf(moves);
        }
    }

    /**
     * A partition that is bound again elsewhere.
     *
     * @param name whose
     * @param running whether it has to be stopped for it
     * @param from where it is
     * @param to where it would be
     */
    public record Move(PartitionName name, boolean running, Slice from, Slice to) {}

    /** The decision for a partition of the set. */
    public Optional<Decision> of(PartitionName name) {
        return Optional.ofNullable(decisions.get(name));
    }
}
