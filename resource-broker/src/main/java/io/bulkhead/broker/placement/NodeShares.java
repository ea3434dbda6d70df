package io.bulkhead.broker.placement;

import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.contract.hardware.MemorySpread;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.ByteSize;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who has how much of the memory of each node: host, partitions and free add up to the node.
 *
 * @param host what the host keeps, by node
 * @param partitions what each partition has, by name
 * @param free what nobody has, by node
 */
public record NodeShares(List<NodeBytes> host, Map<PartitionName, List<NodeBytes>> partitions, List<NodeBytes> free) {
    /** Works it out. */
    public static NodeShares of(Machine machine, Holdings holdings) {
        Room room = new Room(machine, holdings);
        MemorySpread spread = room.memory();
        List<Holding> owners = room.narrowFirst();
        Map<PartitionName, List<NodeBytes>> partitions = new TreeMap<>();
        for (int i = 0; i < owners.size(); i++) {
            partitions.put(owners.get(i).owner(), of(spread.share(i)));
        }
        return new NodeShares(
                of(machine.hostBytes()),
                partitions,
                machine.topology().nodes().stream()
                        .map(node -> new NodeBytes(node.id(), new ByteSize(spread.free(node.id()))))
                        .toList());
    }

    static List<NodeBytes> of(Map<Integer, Long> bytesOfNode) {
        return bytesOfNode.entrySet().stream()
                .map(each -> new NodeBytes(each.getKey(), new ByteSize(each.getValue())))
                .toList();
    }
}
