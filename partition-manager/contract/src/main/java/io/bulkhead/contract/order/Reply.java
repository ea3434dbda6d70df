package io.bulkhead.contract.order;

import io.bulkhead.contract.generation.GenerationInfo;
import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.generation.Rebase;
import io.bulkhead.contract.partition.Certificate;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.unit.WireSparse;
import java.util.List;

/** The answer to an {@link Order}. */
public sealed interface Reply {
    /** It is done, and there is nothing to tell. */
    record Done() implements Reply {}

    record Host(HostStatus host) implements Reply {}

    record Partition(PartitionStatus partition) implements Reply {}

    /**
     * Partitions in the order of names.
     *
     * @param partitions never none where there are more
     * @param more whether there are more behind the last of these
     */
    record Partitions(
            List<PartitionStatus> partitions, @WireSparse boolean more) implements Reply {
        public Partitions {
            partitions = List.copyOf(partitions);
        }

        /** The last of them. */
        public Partitions(List<PartitionStatus> partitions) {
            this(partitions, false);
        }
    }

    /**
     * What partitions use, in the order of names.
     *
     * @param partitions never none where there are more
     * @param more whether there are more behind the last of these
     */
    record Measured(
            List<PartitionUsage> partitions, @WireSparse boolean more) implements Reply {
        public Measured {
            partitions = List.copyOf(partitions);
        }

        /** The last of them. */
        public Measured(List<PartitionUsage> partitions) {
            this(partitions, false);
        }
    }

    record Certified(Certificate certificate) implements Reply {}

    /**
     * A generation is what the host is now.
     *
     * @param generation which
     * @param isNew whether it was not there before
     */
    record Captured(GenerationInfo generation, boolean isNew) implements Reply {}

    /**
     * The generations, the newest first.
     *
     * @param generations the first ones
     * @param leftOut how many more there are
     */
    record Generations(List<GenerationInfo> generations, long leftOut) implements Reply {
        /** More would not surely fit into one message. */
        public static final int MOST = 500;

        public Generations {
            generations = List.copyOf(generations);
        }
    }

    /**
     * Generations are gone.
     *
     * @param names those that were removed
     * @param bytes what their files held together
     * @param waysBack how many partitions lost their way back from a rebase
     */
    record GenerationsRemoved(List<String> names, long bytes, long waysBack) implements Reply {
        public GenerationsRemoved {
            names = List.copyOf(names);
        }
    }

    record Differences(PartitionDifferences differences) implements Reply {}

    record Rebased(Rebase rebase) implements Reply {}

    /**
     * From here on the connection carries the stream that was asked for.
     *
     * @param offset of the first byte (console) or the sequence number before the first event; 0 for a command
     */
    record StreamOpened(long offset) implements Reply {}

    /** Nothing was changed. */
    record Refused(Problem problem) implements Reply {}
}
