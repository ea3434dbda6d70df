package io.bulkhead.manager.sys;

/** The kinds of namespace; namespaces(7). */
public enum Namespace {
    MOUNT,
    UTS,
    IPC,
    NET,
    PID,
    CGROUP,
    USER
}
