package io.bulkhead.manager.host;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.unit.ByteSize;
import java.util.Map;
import java.util.Optional;

/**
 * The hardware as the manager read it.
 *
 * @param online CPUs that are online
 * @param cores the threads of each core, by the core's lowest CPU
 * @param nodes NUMA nodes that have memory; node 0 on a machine without NUMA
 * @param nodeMemory RAM of each of them; empty where the kernel does not tell
 * @param memory RAM that the kernel manages (MemTotal)
 * @param disk the whole disk that holds the state directory, where one was found
 * @param kernel release
 * @param fileSystem the type of the one that holds the state directory, {@code ext4}; empty where it cannot be told
 */
public record HostFacts(
        CpuSet online,
        Map<Integer, CpuSet> cores,
        NodeSet nodes,
        Map<Integer, ByteSize> nodeMemory,
        ByteSize memory,
        Optional<Disk> disk,
        String kernel,
        Optional<String> fileSystem) {
    public HostFacts {
        nodeMemory = Map.copyOf(nodeMemory);
    }

    /** Those of a machine that does not tell the memory of each node. */
    public HostFacts(
            CpuSet online,
            Map<Integer, CpuSet> cores,
            NodeSet nodes,
            ByteSize memory,
            Optional<Disk> disk,
            String kernel,
            Optional<String> fileSystem) {
        this(online, cores, nodes, Map.of(), memory, disk, kernel, fileSystem);
    }
}
