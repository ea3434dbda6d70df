package io.bulkhead.manager.record;

import io.bulkhead.manager.start.RunningPartition.ProcessId;
import java.util.Optional;

/**
 * What the next manager must know to take up a run, or to clear away a half-made one.
 *
 * @param bootId the host's boot that it belongs to, /proc/sys/kernel/random/boot_id, random(4): nothing of a run
 *     outlives that
 * @param phase how far it came
 * @param processes its two processes, once they exist
 * @param startedAtMillis when process 1 was let run, milliseconds since 1970 UTC
 */
public record RunRecord(String bootId, Phase phase, Optional<Processes> processes, long startedAtMillis) {
    /** How far a run came. */
    public enum Phase {
        /** Something of it is left that could not be cleared away: not to be taken up. */
        HALF_MADE,
        /** Process 1 was let run. */
        RUNNING,
        /** The same, and it was told to stop: if it is gone, that is as it should be. */
        STOPPING
    }

    /**
     * The processes of a run.
     *
     * @param holder P0
     * @param init process 1
     */
    public record Processes(ProcessId holder, ProcessId init) {}
}
