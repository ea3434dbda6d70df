package io.bulkhead.contract.partition;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.List;
import java.util.Optional;

/**
 * What the manager knows of the host: what it divides, what it keeps back and what it can enforce.
 *
 * @param instance the name of this installation
 * @param managerVersion of the manager's program
 * @param managerPid of the manager
 * @param startedAtMillis when the manager came up, milliseconds since 1970 UTC
 * @param kernel release, as uname(2) gives it
 * @param cgroups the hierarchy in use: {@code v1}, {@code hybrid} or {@code v2}
 * @param online the CPUs that can be given out or kept
 * @param nodes the NUMA nodes
 * @param memory RAM of the host
 * @param reserve what the host keeps for itself
 * @param disk the disk that holds the partitions, where one was found
 * @param enforcement how strongly each resource is held on this host
 */
public record HostStatus(
        InstanceName instance,
        String managerVersion,
        long managerPid,
        long startedAtMillis,
        String kernel,
        String cgroups,
        CpuSet online,
        NodeSet nodes,
        ByteSize memory,
        HostReserve reserve,
        Optional<Disk> disk,
        List<Enforcement> enforcement) {
    public HostStatus {
        enforcement = List.copyOf(enforcement);
    }

    /**
     * What the host keeps for itself.
     *
     * @param pool the CPUs that the host shares with partitions of the kind "part of a CPU"; never given out whole
     * @param cpu the host's own part of the pool
     * @param memory the host's own RAM
     */
    public record HostReserve(CpuSet pool, CpuMillis cpu, ByteSize memory) {
        /** What of the pool's CPU time can be given to partitions. */
        public CpuMillis entitlements() {
            return new CpuMillis(1000L * pool.size()).minus(cpu);
        }
    }

    /**
     * The whole disk under the partitions' directory.
     *
     * @param name as in /sys/block
     * @param device major and minor number, {@code 254:0}
     */
    public record Disk(String name, String device) {}

    /**
     * How one resource is held here.
     *
     * @param resource what
     * @param strength how strongly
     * @param how the kernel's mechanism and its exceptions, one line
     */
    public record Enforcement(Resource resource, Strength strength, String how) {}
}
