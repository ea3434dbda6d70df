package io.bulkhead.broker.operation;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import java.util.List;
import java.util.Optional;

/**
 * One piece of work that somebody asked for.
 *
 * @param id names it as long as this control plane runs; another one's ids are others
 * @param number counts up from 1 in this control plane
 * @param verb what is done, like {@code start}
 * @param partition with which partition
 * @param by who asked
 * @param state where it is
 * @param startedAtMillis milliseconds since 1970 UTC
 * @param endedAtMillis likewise, once it has ended
 * @param steps what was seen of it so far
 * @param result what the request answers, once it is done
 * @param problem why it failed, once it has
 */
public record Operation(
        String id,
        long number,
        String verb,
        PartitionName partition,
        String by,
        State state,
        long startedAtMillis,
        Optional<Long> endedAtMillis,
        List<Step> steps,
        Optional<Json> result,
        Optional<Problem> problem) {
    /** Where an operation is. */
    public enum State {
        RUNNING,
        DONE,
        FAILED
    }

    /**
     * Something that happened on the way.
     *
     * @param timeMillis when, milliseconds since 1970 UTC
     * @param what the kind of the manager's event, like {@code partition-starting}
     */
    public record Step(long timeMillis, String what) {}

    public Operation {
        steps = List.copyOf(steps);
    }

    public boolean hasEnded() {
        return state != State.RUNNING;
    }
}
