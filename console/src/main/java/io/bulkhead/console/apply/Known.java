package io.bulkhead.console.apply;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import java.util.List;
import java.util.Optional;

/**
 * What was known of a partition when it was decided what to do with it: one of these definitions, or that there is none of
 * that name. Whatever else is found there somebody else has made meanwhile, and it is not touched.
 *
 * @param definitions any of these; none where there was no partition
 */
public record Known(List<PartitionSpec> definitions) {
    /** There was no partition of that name. */
    public static final Known ABSENT = new Known(List.of());

    public Known {
        definitions = List.copyOf(definitions);
    }

    public static Known as(PartitionSpec... definitions) {
        return new Known(List.of(definitions));
    }

    /**
     * Looks whether it is still so.
     *
     * @param now the definition as it is; empty where there is no such partition
     * @throws Refusal with {@code PRECONDITION_FAILED} where somebody else was there
     */
    public void require(PartitionName name, Optional<PartitionSpec> now) {
        if (now.isPresent() ? !definitions.contains(now.get()) : !definitions.isEmpty()) {
            String what = now.isEmpty() ? "deleted " : definitions.isEmpty() ? "defined " : "changed ";
            throw Refusal.of(
                    ProblemCode.PRECONDITION_FAILED,
                    "somebody else has " + what + name + " meanwhile",
                    now.isEmpty()
                            ? "see what there is with 'bulkhead list', then decide anew"
                            : "look at it with 'bulkhead export " + name + "', then decide anew");
        }
    }
}
