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
    IO_WRITE_OPERATIONS
}
