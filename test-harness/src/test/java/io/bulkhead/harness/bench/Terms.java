package io.bulkhead.harness.bench;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.HostStatus.Disk;
import java.util.List;
import java.util.Optional;

/**
 * What every contender is to be given, as far as it can take it.
 *
 * @param instance the name that everything carries which is made on the host
 * @param uidBase the first of 65,536 uids of the peers
 * @param poolCpus the CPUs that may be used
 * @param cpuMillis the part of a CPU; 0 for all of them
 * @param memoryBytes RAM with swap
 * @param tasks processes and threads
 * @param disk whose use is bounded, where the host has a single one
 * @param ioBytesPerSecond the bound for reading and for writing
 */
record Terms(
        String instance,
        long uidBase,
        CpuSet poolCpus,
        int cpuMillis,
        long memoryBytes,
        int tasks,
        Optional<Disk> disk,
        long ioBytesPerSecond) {
    /** What the peers run: it writes one byte first of all, then waits for a line. */
    static final List<String> PROGRAM = List.of("/bin/sh", "-c", "printf R; read _");

    /** How many uids a user namespace maps. */
    static final int UIDS = 65_536;
}
