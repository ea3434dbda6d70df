package io.bulkhead.contract.partition;

/** Where a partition is in its life; {@code degraded} is a flag beside it. */
public enum State {
    /** Defined, holding no hardware. */
    DEFINED,
    /** Holding its slice, nothing runs. */
    BOUND,
    /** Between the order to start and the release of process 1. */
    STARTING,
    RUNNING,
    /** Running, with every task frozen. */
    PAUSED,
    /** Between the order to stop and the end of its last task. */
    STOPPING,
    /** The last start or run ended by itself and wrongly; holding its slice. */
    FAILED
}
