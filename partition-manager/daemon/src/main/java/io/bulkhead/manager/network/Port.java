package io.bulkhead.manager.network;

import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.unit.WireSparse;
import io.bulkhead.manager.record.PartitionRecord;
import java.util.List;
import java.util.Optional;

/**
 * A partition's place on the bridge.
 *
 * @param name whose
 * @param address its own
 * @param slice its rates
 * @param peers whom it names
 * @param publish ports of the host that lead to it
 */
public record Port(
        PartitionName name,
        Ipv4Address address,
        NetworkSlice slice,
        @WireSparse List<PartitionName> peers,
        @WireSparse List<PublishedPort> publish) {
    public Port {
        peers = List.copyOf(peers);
        publish = List.copyOf(publish);
    }

    /** That of a partition; empty where it has none. */
    static Optional<Port> of(PartitionRecord partition) {
        Optional<NetworkSlice> slice = partition.slice().flatMap(held -> held.network());
        if (slice.isEmpty() || slice.get().device().isPresent()) {
            return Optional.empty();
        }
        NetworkAccess access = partition.definition().access().orElse(NetworkAccess.ALONE);
        Ipv4Address address = partition
                .address()
                .orElseThrow(
                        () -> new IllegalStateException(partition.name() + " is on the bridge without an address"));
        return Optional.of(new Port(partition.name(), address, slice.get(), access.peers(), access.publish()));
    }

    /** Whether the two may talk: one of them says so. */
    boolean isPeerOf(Port other) {
        return peers.contains(other.name) || other.peers.contains(name);
    }
}
