package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.partition.InstanceName;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the version 2 backend must know of the host.
 *
 * @param instance whose groups these are
 * @param pool the CPUs that parts of a CPU come from
 * @param disk that bounds on block I/O are about
 * @param fileSystem the type of the one that the partitions' files are on, {@code ext4}; decides about written pages
 * @param pageSize of the kernel, in bytes
 * @param proc {@code /proc} but in tests
 */
public record V2Config(
        InstanceName instance,
        CpuSet pool,
        Optional<Disk> disk,
        Optional<String> fileSystem,
        long pageSize,
        Path proc) {}
