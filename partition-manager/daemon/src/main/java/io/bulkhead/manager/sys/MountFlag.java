package io.bulkhead.manager.sys;

/** Flags of mount(2). */
public enum MountFlag {
    READ_ONLY,
    NO_SUID,
    NO_DEV,
    NO_EXEC,
    BIND,
    RECURSIVE,
    REMOUNT,
    PRIVATE,
    SLAVE,
    NO_ATIME
}
