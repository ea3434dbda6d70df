package io.bulkhead.settings;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code bulkhead.conf} says, with every default filled in.
 *
 * @param instance the name that every kernel object of this installation carries
 * @param stateDirectory records, generations and partitions' files
 * @param runDirectory sockets, pid files and logs
 * @param definitionsDirectory where partition definitions (*.yaml) stand
 * @param host what the host keeps for itself
 * @param uidBase the first uid that partitions may have on the host, a multiple of 65536
 * @param uidRanges how many ranges of 65,536 there are, so how many partitions
 * @param consoleHistory bytes of console output kept per partition
 * @param controlPlaneUser user name or number that the control plane runs as
 */
public record Settings(
        InstanceName instance,
        Path stateDirectory,
        Path runDirectory,
        Path definitionsDirectory,
        Host host,
        long uidBase,
        int uidRanges,
        ByteSize consoleHistory,
        String controlPlaneUser) {
    /**
     * What the host keeps for itself; where empty, the manager chooses by the machine's size.
     *
     * @param pool CPUs that the host shares with parts-of-a-CPU partitions; default: the lowest core
     * @param cpu the host's own part of the pool; default: 0.5
     * @param memory the host's own RAM; default: 1 GiB, but at most a quarter of the machine
     * @param confine whether tasks of the host are moved onto the pool's CPUs (cgroup v1)
     */
    public record Host(Optional<CpuSet> pool, Optional<CpuMillis> cpu, Optional<ByteSize> memory, boolean confine) {}

    /** Where the manager listens. */
    public Path managerSocket() {
        return managerSocket(runDirectory);
    }

    /** Where the control plane listens. */
    public Path apiSocket() {
        return apiSocket(runDirectory);
    }

    static Path managerSocket(Path runDirectory) {
        return runDirectory.resolve("manager.sock");
    }

    static Path apiSocket(Path runDirectory) {
        return runDirectory.resolve("control").resolve("api.sock");
    }
}
