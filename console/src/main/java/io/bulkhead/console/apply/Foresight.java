package io.bulkhead.console.apply;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import java.util.Map;
import java.util.Optional;

/** Says, before anything is touched, what would come of a file. */
public interface Foresight {
    /**
     * What would come of it.
     *
     * @param slices what the partitions would get, as far as that is known
     * @param problem what stands against it as a whole; nothing is done then
     */
    record Forecast(Map<PartitionName, Slice> slices, Optional<Problem> problem) {
        public Forecast {
            slices = Map.copyOf(slices);
        }
    }

    Forecast of(FilePlan plan);

    /**
     * Where nobody can tell: the control plane says it of each partition when it is defined, and what was done of the
     * file until then is put back.
     */
    Foresight NONE = plan -> new Forecast(Map.of(), Optional.empty());
}
