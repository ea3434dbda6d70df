package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.InstanceName;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the version 1 backend must know of the host.
 *
 * @param instance whose groups these are
 * @param reserve what the host keeps
 * @param nodes all NUMA nodes that have memory
 * @param onlineCpus how many CPUs are online
 * @param disk that bounds on block I/O are about
 * @param confine whether the host's own tasks are moved onto the pool's CPUs
 * @param proc the proc file system of the manager's pid namespace
 * @param pageSize of the kernel, in bytes
 */
public record V1Config(
        InstanceName instance,
        HostReserve reserve,
        NodeSet nodes,
        int onlineCpus,
        Optional<Disk> disk,
        boolean confine,
        Path proc,
        long pageSize) {}
