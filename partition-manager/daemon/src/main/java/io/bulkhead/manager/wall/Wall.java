package io.bulkhead.manager.wall;

import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.StartRequest;
import io.bulkhead.manager.undo.Undo;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One kind of thing, beside the control groups, that a partition has or is kept behind. What a partition may have is judged
 * before, by an {@code AdmissionRule}.
 *
 * <pre>
 *   recover ─▶ bind ─▶ beforeBoot ─▶ beforeRelease ─▶ afterRelease ─▶ readBack … ─▶ afterRun ─▶ release ─▶ leave
 *                ▲          (one run; adopt instead, where an earlier manager began it)   │
 *                └────────────────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * Every method is idempotent, and undoes what it has begun when it throws ({@code Refusal} with a text for the
 * administrator, or an unchecked exception with its cause). Those of one partition are called under its lock; those of
 * different partitions at the same time.
 */
public interface Wall {
    /** How strongly this host holds what the wall answers for; a line for each resource. */
    default List<Enforcement> enforcement() {
        return List.of();
    }

    /**
     * From now on somebody wants to hear that what it answers for has changed by itself: called on a thread that may wait, for
     * who reads it back at once, but waits for no partition's lock.
     */
    default void onNews(Runnable listener) {}

    /**
     * A new manager is there, before it looks at any partition: removes what the instance left in the kernel for
     * partitions that it does not know.
     */
    default void recover(Set<PartitionName> known) {}

    /** Refuses a change of a definition that would lose something. Nothing was changed yet, and nothing may be here. */
    default void refuseChange(PartitionSpec before, PartitionSpec after) {}

    /** What is lost for good when a partition is deleted, in words, if that has to be confirmed. */
    default Optional<String> whatIsLostWith(PartitionSpec partition) {
        return Optional.empty();
    }

    /**
     * Brings the host to what the record says of a partition at rest, whatever was before: at its definition, at a
     * change, when it is bound again, and after the host was restarted. The record's slice is there.
     */
    default void bind(PartitionRecord partition) {}

    /** Adds to what a boot is told. Whatever is taken for this run is pushed on {@code undo}, right after it was taken. */
    default StartRequest beforeBoot(PartitionRecord partition, StartRequest request, Undo undo) {
        return request;
    }

    /** Process 1 is there and waits: what needs its namespaces. The boot's own thread has ended. */
    default void beforeRelease(PartitionRecord partition, RunningPartition running, Undo undo) {}

    /** Process 1 was let run: what may come late. A failure here is told, and does not end the run. */
    default void afterRelease(PartitionRecord partition, RunningPartition running) {}

    /** A run that an earlier manager has started goes on under this one. */
    default void adopt(PartitionRecord partition, RunningPartition running) {}

    /**
     * What the kernel says now, one promise per resource that this wall answers for. Called each second: cheap, never
     * waits.
     *
     * @param running its processes; empty while it is at rest
     */
    default List<Promise> readBack(PartitionRecord partition, Optional<RunningPartition> running) {
        return List.of();
    }

    /**
     * Brings back what somebody else has changed of what {@link #readBack} tells, where that can be done while it runs.
     * Called under the partition's lock when one of its promises does not hold; may wait for a program of the host.
     *
     * @return whether there was anything that it could try; whether it helped is read back
     */
    default boolean repair(PartitionRecord partition, Optional<RunningPartition> running) {
        return false;
    }

    /**
     * No task of a run is left, or none was started: clears away what belonged to it, also what an earlier manager has
     * left.
     */
    default void afterRun(PartitionName partition) {}

    /** Gives back what it holds of the host, but not its files: it stays defined, or its files go next. At rest. */
    default void release(PartitionName partition) {}

    /** The instance leaves the kernel, and every partition was released before: what they had in common goes. */
    default void leave() {}
}
