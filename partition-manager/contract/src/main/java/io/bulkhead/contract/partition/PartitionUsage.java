package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.ByteSize;
import java.util.Optional;

/**
 * What a partition has used and uses, read from the kernel. What cannot be read, as there is no group or no such
 * controller, is absent.
 *
 * @param partition whose
 * @param state in its life
 * @param slice what it holds; absent while it is only defined
 * @param timeMillis when it was read, milliseconds since 1970 UTC
 * @param cpuMicros CPU time of all its tasks since its slice was bound, microseconds
 * @param memory RAM that is charged to it now, page cache included
 * @param tasks processes and threads now
 * @param outOfMemoryKills tasks that the kernel has killed in it for want of memory
 * @param tasksRefused how often the kernel has refused it a new task for the limit on tasks
 * @param intrusion what others took of its CPUs, once it was watched for a while; whole-CPU slices only
 * @param pressure how long its tasks have waited; cgroup v2 only
 */
public record PartitionUsage(
        PartitionName partition,
        State state,
        Optional<Slice> slice,
        long timeMillis,
        Optional<Long> cpuMicros,
        Optional<ByteSize> memory,
        Optional<Long> tasks,
        long outOfMemoryKills,
        long tasksRefused,
        Optional<Intrusion> intrusion,
        Optional<Pressure> pressure) {
    /** Where nothing is known of pressure. */
    public PartitionUsage(
            PartitionName partition,
            State state,
            Optional<Slice> slice,
            long timeMillis,
            Optional<Long> cpuMicros,
            Optional<ByteSize> memory,
            Optional<Long> tasks,
            long outOfMemoryKills,
            long tasksRefused,
            Optional<Intrusion> intrusion) {
        this(
                partition,
                state,
                slice,
                timeMillis,
                cpuMicros,
                memory,
                tasks,
                outOfMemoryKills,
                tasksRefused,
                intrusion,
                Optional.empty());
    }
}
