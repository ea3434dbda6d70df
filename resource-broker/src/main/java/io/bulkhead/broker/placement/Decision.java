package io.bulkhead.broker.placement;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.partition.Slice;

/** The answer of {@link Placement} to a claim. */
public sealed interface Decision {
    /**
     * The place that is free for it; nothing is taken yet.
     *
     * @param slice satisfies the claim and overlaps nobody
     */
    record Offer(Slice slice) implements Decision {}

    /**
     * There is no place.
     *
     * @param problem what is short, who holds it and what would make room
     */
    record Refused(Problem problem) implements Decision {}
}
