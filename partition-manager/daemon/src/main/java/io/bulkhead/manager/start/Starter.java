package io.bulkhead.manager.start;

import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import io.bulkhead.manager.undo.Undo;
import java.util.Optional;

/** Boots partitions and takes up running ones. Safe for any thread; each boot uses its own throw-away thread. */
public interface Starter {
    /**
     * Boots a partition whose groups are bound and whose payload group is open. On any failure nothing is left: no
     * process, mount, descriptor or PTY.
     *
     * @param request what to boot
     * @param beforeRelease called on the caller's thread when everything is in place and process 1 waits: it reads
     *     every promise back and puts the processes on record; if it throws, the boot is undone
     * @throws StartException with the step that failed
     */
    RunningPartition start(StartRequest request, BeforeRelease beforeRelease);

    /** What must happen before process 1 may run: nothing of it may be left for after the release. */
    @FunctionalInterface
    interface BeforeRelease {
        /**
         * Looks and prepares.
         *
         * @param running what will run; the starter's until {@link #start} returns
         * @param undo where the way back of every preparation is pushed, for a release that fails
         */
        void prepare(RunningPartition running, Undo undo);
    }

    /**
     * Takes up a partition that an earlier manager has started: empty if one of its processes is gone.
     *
     * @param holder as on record
     * @param init as on record
     */
    Optional<RunningPartition> adopt(ProcessId holder, ProcessId init);

    /**
     * Gives up what is kept for the ids of a partition that is deleted, before anybody else is given them. Harmless where
     * nothing is kept.
     */
    void forget(UidRange range);
}
