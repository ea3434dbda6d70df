package io.bulkhead.broker.placement;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.partition.Slice;
import java.util.List;

/** The answer of {@link Placement} to a claim. */
public sealed interface Decision {
    /**
     * The place that is free for it; nothing is taken yet.
     *
     * @param slice satisfies the claim and overlaps nobody
     * @param memory how its memory would lie on the nodes, ascending by node
     * @param why the reasons for just this place, one sentence without a full stop each
     * @param remarks what it does not assure, likewise
     */
    record Offer(Slice slice, List<NodeBytes> memory, List<String> why, List<String> remarks) implements Decision {
        public Offer {
            memory = List.copyOf(memory);
            why = List.copyOf(why);
            remarks = List.copyOf(remarks);
        }
    }

    /**
     * There is no place.
     *
     * @param problem what is short, who holds it and what would make room
     */
    record Refused(Problem problem) implements Decision {}
}
