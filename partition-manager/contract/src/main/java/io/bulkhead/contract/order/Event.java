package io.bulkhead.contract.order;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.PartitionName;
import java.util.List;

/** Something that has happened. */
public sealed interface Event {
    record ManagerStarted(String managerVersion) implements Event {}

    record PartitionDefined(PartitionName partition) implements Event {}

    record PartitionBound(PartitionName partition) implements Event {}

    record PartitionReleased(PartitionName partition) implements Event {}

    record PartitionDeleted(PartitionName partition) implements Event {}

    record PartitionStarting(PartitionName partition) implements Event {}

    record PartitionStarted(PartitionName partition, long pid) implements Event {}

    /** A new manager has found the partition running and taken it up. */
    record PartitionAdopted(PartitionName partition, long pid) implements Event {}

    record PartitionPaused(PartitionName partition) implements Event {}

    record PartitionResumed(PartitionName partition) implements Event {}

    record PartitionStopping(PartitionName partition) implements Event {}

    /** The last task has ended as it should. */
    record PartitionStopped(PartitionName partition, String how) implements Event {}

    /** A start or a run ended wrongly. */
    record PartitionFailed(PartitionName partition, String reason) implements Event {}

    /** Promises no longer hold. */
    record PartitionDegraded(PartitionName partition, List<String> reasons) implements Event {
        public PartitionDegraded {
            reasons = List.copyOf(reasons);
        }
    }

    /** Every promise holds again. */
    record PartitionRepaired(PartitionName partition) implements Event {}

    /** The kernel killed a task of the partition for want of memory. */
    record PartitionOutOfMemory(PartitionName partition, long kills) implements Event {}

    /**
     * The kernel refused tasks to the partition because it has as many as it may have. Told at once, and while it goes on
     * once in a while with what came together.
     */
    record PartitionTasksExhausted(PartitionName partition, long times) implements Event {}

    /** The host's /etc or packages are others than they were: a new generation is there. */
    record GenerationCaptured(String generation) implements Event {}

    /** Generations that nobody needed are gone. */
    record GenerationsRemoved(List<String> generations) implements Event {
        public GenerationsRemoved {
            generations = List.copyOf(generations);
        }
    }

    /** The partition's files build on another generation now. */
    record PartitionRebased(PartitionName partition, String from, String to) implements Event {}

    /** The partition is to be taken to a generation at its next start. */
    record PartitionRebasePlanned(PartitionName partition, String to) implements Event {}

    /**
     * A rebase that was left for the start could not be done; the partition has started with its files as they were.
     *
     * @param reason why, with the first conflicts
     */
    record PartitionRebaseRefused(PartitionName partition, String to, String reason) implements Event {}

    /** The files of before the last rebase are back, or a planned one was forgotten. */
    record PartitionRebaseUndone(PartitionName partition, String from, String to) implements Event {}

    /**
     * CPUs of the host came online or went offline.
     *
     * @param online those that are online now
     * @param came those of them that were not before
     * @param went those that were before
     */
    record HostCpusChanged(CpuSet online, CpuSet came, CpuSet went) implements Event {}

    /**
     * Somebody else has changed what keeps the host off the slices: where interrupts and kernel workers may run, and the
     * caps on the host's own groups. The manager has put it back as far as the kernel let it.
     *
     * @param changes in words
     */
    record HostSettingsChanged(List<String> changes) implements Event {
        public HostSettingsChanged {
            changes = List.copyOf(changes);
        }
    }

    /**
     * The control plane's ledger and the manager say something different, and it stands until somebody decides. What stands
     * when a manager starts is told again in its journal.
     */
    record LedgerDifferenceFound(String owner, String difference, String remedy) implements Event {}

    /** A difference between ledger and manager is no more. */
    record LedgerDifferenceResolved(String owner, String difference) implements Event {}

    record ConsoleAttached(PartitionName partition, String viewer, boolean write) implements Event {}

    record ConsoleDetached(PartitionName partition, String viewer) implements Event {}
}
