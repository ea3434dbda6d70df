package io.bulkhead.console.apply;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.partition.PartitionName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a file.
 *
 * @param done the partitions that are now as the file says, or gone, in the order in which that was done
 * @param problem why not all of it was done
 * @param putBack the partitions that had been touched by then, and are as they were before
 * @param notPutBack those that are not, each with the reason
 */
public record Outcome(
        List<PartitionName> done,
        Optional<Problem> problem,
        List<PartitionName> putBack,
        Map<PartitionName, String> notPutBack) {
    public Outcome {
        done = List.copyOf(done);
        putBack = List.copyOf(putBack);
        notPutBack = Map.copyOf(notPutBack);
    }

    static Outcome of(List<PartitionName> done) {
        return new Outcome(done, Optional.empty(), List.of(), Map.of());
    }
}
