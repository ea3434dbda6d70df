package io.bulkhead.manager.cgroup.v2;

/** How this kernel lets a group have CPUs to itself; cgroup-v2.rst, "Cpuset Interface Files". */
enum PartitionStyle {
    /** By {@code cpuset.cpus.exclusive}, however deep the group is (a remote partition). */
    EXCLUSIVE,
    /** By {@code cpuset.cpus}, below a cpuset partition only. */
    LOCAL
}
