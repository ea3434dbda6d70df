package io.bulkhead.broker.http;

import io.bulkhead.contract.partition.PartitionSpec;
import java.util.List;
import java.util.Optional;

/**
 * The body of {@code POST /v1/plan}.
 *
 * @param definitions what is wanted, all at once
 * @param timeLimitMillis how long an exhaustive search may take, 100 ms to 1 min; 10 s where nothing is said
 */
public record PlanBody(List<PartitionSpec> definitions, Optional<Long> timeLimitMillis) {
    public PlanBody {
        definitions = List.copyOf(definitions);
        if (timeLimitMillis.filter(millis -> millis < 100 || millis > 60_000).isPresent()) {
            throw new IllegalArgumentException(
                    "the time limit must be 100 to 60000 ms: " + timeLimitMillis.get() + " ms");
        }
    }
}
