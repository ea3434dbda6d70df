package io.bulkhead.contract.partition;

/** What a promise is about. */
public enum Resource {
    CPUS,
    MEMORY,
    MEMORY_NODES,
    TASKS,
    IO_READ,
    IO_WRITE,
    IO_READ_OPERATIONS,
    IO_WRITE_OPERATIONS,
    STORAGE,
    VOLUMES,
    DISKS,
    NETWORK_IN,
    NETWORK_OUT,
    /** Whom it may talk to on the bridge, and which ports of the host lead to it; all else is closed. */
    NETWORK_ACCESS,
    NETWORK_DEVICE,
    /** The host ids that stand for those inside. */
    USER_IDS,
    CAPABILITIES,
    SYSTEM_CALLS,
    /** Which device nodes can be opened. */
    DEVICES,
    /** What the kernel counts for the whole host: inotify instances and the like. */
    KERNEL_OBJECTS,
    /** Its /usr is the host's, and read-only. */
    SYSTEM,
    /** /proc and the clocks show the slice, not the host. */
    VIEWS
}
