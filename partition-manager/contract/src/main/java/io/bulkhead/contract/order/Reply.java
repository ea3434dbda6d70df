package io.bulkhead.contract.order;

import io.bulkhead.contract.partition.Certificate;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import java.util.List;

/** The answer to an {@link Order}. */
public sealed interface Reply {
    /** It is done, and there is nothing to tell. */
    record Done() implements Reply {}

    record Host(HostStatus host) implements Reply {}

    record Partition(PartitionStatus partition) implements Reply {}

    record Partitions(List<PartitionStatus> partitions) implements Reply {
        public Partitions {
            partitions = List.copyOf(partitions);
        }
    }

    record Measured(List<PartitionUsage> partitions) implements Reply {
        public Measured {
            partitions = List.copyOf(partitions);
        }
    }

    record Certified(Certificate certificate) implements Reply {}

    /**
     * From here on the connection carries the stream that was asked for.
     *
     * @param offset of the first byte (console) or the sequence number before the first event; 0 for a command
     */
    record StreamOpened(long offset) implements Reply {}

    /** Nothing was changed. */
    record Refused(Problem problem) implements Reply {}
}
