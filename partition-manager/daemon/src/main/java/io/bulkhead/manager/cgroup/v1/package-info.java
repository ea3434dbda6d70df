/**
 * Control groups version 1: one hierarchy per controller (or per co-mounted set), groups by {@code mkdir}, limits by
 * files.
 *
 * <pre>
 * &lt;mount&gt;/&lt;instance&gt;/               every hierarchy: the instance's top group
 * &lt;mount&gt;/&lt;instance&gt;/p-NAME/        a partition's outer group, which has the limits
 * &lt;mount&gt;/&lt;instance&gt;/p-NAME/in/     the nested group of a run, made ahead, with its processes
 * &lt;mount&gt;/&lt;instance&gt;/host/          cpu and cpuacct: the manager and the control plane
 *
 * cpuset/&lt;instance&gt;/p-NAME/         whole CPUs; top and outer group are cpu_exclusive, there while one is bound
 * cpuset/&lt;instance&gt;.pool/p-NAME/    part-of-a-CPU partitions on the pool's CPUs
 * cpuset/&lt;instance&gt;.pool/host/      the manager and the control plane, with {@code confine} the host's tasks too
 * </pre>
 *
 * <p>The cpuset hierarchy has two top groups because {@code cpuset.cpu_exclusive} needs an exclusive parent, and an
 * exclusive group must not overlap with any sibling, exclusive or not (cgroup-v1/cpusets.rst 1.4): one top group with
 * the pool in it would shut out every other group of the host that may use the pool. So the pool's tree is an ordinary
 * one, which several installations may have on the same CPUs, and whole CPUs alone are exclusive. An instance name has
 * no dot, so {@code <instance>.pool} meets no other instance's group.
 *
 * <p>What is not hierarchical here is repeated in the nested group: block I/O throttling in version 1 treats every
 * group as a child of the root (blk-throttle.c, {@code throtl_pd_init}).
 *
 * <p>Used through the port {@link io.bulkhead.manager.cgroup.Cgroups} alone. Threads as that port says: binding and
 * releasing are serialised, the rest is per partition.
 */
@NullMarked
package io.bulkhead.manager.cgroup.v1;

import org.jspecify.annotations.NullMarked;
