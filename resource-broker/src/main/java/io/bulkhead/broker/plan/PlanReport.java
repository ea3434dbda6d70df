package io.bulkhead.broker.plan;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import java.util.List;
import java.util.Optional;

/**
 * What a set of definitions would lead to. Nothing is taken by it.
 *
 * @param fits whether there is a place for every partition of the set
 * @param method how that was found out
 * @param durationMillis how long it took
 * @param timeLimitMillis how long the exhaustive search might have taken
 * @param partitions one for each definition, in their order
 * @param before how scattered what is free is now
 * @param after how scattered it would be then; absent where the set does not fit
 * @param proposals what would make the set fit, fewest moves first; empty where it fits
 * @param remarks what the whole plan does not know
 */
public record PlanReport(
        boolean fits,
        Method method,
        long durationMillis,
        long timeLimitMillis,
        List<Partition> partitions,
        FreeRoom before,
        Optional<FreeRoom> after,
        List<Proposal> proposals,
        List<String> remarks) {
    public PlanReport {
        partitions = List.copyOf(partitions);
        proposals = List.copyOf(proposals);
        remarks = List.copyOf(remarks);
    }

    /** How it was found out. */
    public enum Method {
        /** One after another, the most constrained first. */
        GREEDY,
        /** By exhaustive search, or by sums that cannot be met: there is a place for all, or it is proven that there is none. */
        EXACT,
        /** None was found in the time, and it is not proven that there is none. */
        NOT_PROVEN
    }

    /** What becomes of a partition. */
    public enum Action {
        /** It holds just this already. */
        STAYS,
        /** It keeps its CPUs, and something else of its slice changes. */
        CHANGED,
        /** It gets other CPUs. */
        MOVED,
        /** It holds nothing now. */
        NEW,
        /** There is no place for it. */
        REFUSED
    }

    /**
     * One partition of the set. Where the set does not fit, a slice is what it could have if those who are refused went
     * without.
     *
     * @param name whose
     * @param action what becomes of it
     * @param slice what it would hold; absent where it is refused
     * @param memory how its memory would lie on the nodes, ascending by node
     * @param why the reasons for just this place, one sentence without a full stop each
     * @param remarks what has to be known besides, likewise
     * @param problem why it is refused: what is short, who holds it, what would make room
     */
    public record Partition(
            PartitionName name,
            Action action,
            Optional<Slice> slice,
            List<NodeMemory> memory,
            List<String> why,
            List<String> remarks,
            Optional<Problem> problem) {
        public Partition {
            memory = List.copyOf(memory);
            why = List.copyOf(why);
            remarks = List.copyOf(remarks);
        }
    }

    /**
     * Memory of one NUMA node.
     *
     * @param node as the kernel numbers it
     * @param memory how much
     */
    public record NodeMemory(int node, ByteSize memory) {}

    /**
     * How scattered what is free is.
     *
     * @param freeCpus CPUs of cores that are nobody's
     * @param largestOnOneNode the most of them that one claim could have on one node
     * @param largestInOneCache the most of them that one claim could have in one last-level cache
     * @param nodes ascending by id
     */
    public record FreeRoom(int freeCpus, int largestOnOneNode, int largestInOneCache, List<NodeRoom> nodes) {
        public FreeRoom {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * What is free on a node.
     *
     * @param node as the kernel numbers it
     * @param freeCores cores that are nobody's
     * @param freeCpus their CPUs
     * @param looseCpus CPUs that are nobody's, of cores that are divided already
     * @param freeMemory memory that is nobody's
     * @param caches ascending by number
     */
    public record NodeRoom(
            int node, int freeCores, int freeCpus, int looseCpus, ByteSize freeMemory, List<CacheRoom> caches) {
        public NodeRoom {
            caches = List.copyOf(caches);
        }
    }

    /**
     * What is free behind a last-level cache.
     *
     * @param cache its number
     * @param freeCores cores that are nobody's
     * @param freeCpus their CPUs
     */
    public record CacheRoom(int cache, int freeCores, int freeCpus) {}

    /**
     * Moves of other partitions that would make room: release all of them, apply the set, then bind them again.
     *
     * @param moves in the order of names
     * @param fewest whether no fewer moves would do
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
}
