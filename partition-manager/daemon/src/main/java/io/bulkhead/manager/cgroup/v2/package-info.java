/**
 * Control groups version 2: one hierarchy for all controllers, groups by {@code mkdir}, limits by files
 * (admin-guide/cgroup-v2.rst).
 *
 * <pre>
 * &lt;mount&gt;/&lt;instance&gt;/              above whole CPUs; hands them down, memory.min of all inside
 * &lt;mount&gt;/&lt;instance&gt;/p-NAME/       a partition's outer group: its limits, and a cpuset partition of its own
 * &lt;mount&gt;/&lt;instance&gt;.pool/         above parts of a CPU: the pool's CPUs, memory.min of all inside
 * &lt;mount&gt;/&lt;instance&gt;.pool/p-NAME/  a partition's outer group: its limits
 *         …/p-NAME/in/            the nested group of one run: what the partition sees as the root
 *         …/p-NAME/in/exec/       commands run beside a systemd, whose own root must stay without processes
 *         …/p-NAME/holder/        the parent of process 1, which the partition does not see
 * </pre>
 *
 * <p>Two top groups, because where the kernel has no {@code cpuset.cpus.exclusive} (before 6.7) the upper one is a
 * cpuset partition itself and so has nothing but the CPUs that were given out, while the pool's CPUs are the host's as
 * well. No name ends like a unit of systemd's, which would take the directory over; with any other name it leaves it
 * alone. The controllers switched on in the root of the hierarchy stay on: others may have come to use them.
 *
 * <p>The manager and the control plane stay in the groups they were started in: the kernel itself keeps every other
 * group off the CPUs of a cpuset partition, and systemd would lose a service that moves away.
 *
 * <p>Used through the port {@link io.bulkhead.manager.cgroup.Cgroups} alone. Threads as that port says: binding and
 * releasing are serialised, the rest is per partition.
 */
@NullMarked
package io.bulkhead.manager.cgroup.v2;

import org.jspecify.annotations.NullMarked;
