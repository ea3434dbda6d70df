package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.WireSparse;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Who a partition on the bridge may talk to. Without a word it reaches the host's own address on the bridge, and what
 * the administrator lets the bridge reach; other partitions only where both are named to each other by one of them.
 *
 * @param address its own on the bridge; the manager finds one otherwise, and keeps it as long as the partition is defined
 * @param peers partitions that may talk to it and it to them, whether or not they are defined yet
 * @param publish ports of the host that lead to it
 */
public record NetworkAccess(
        Optional<Ipv4Address> address,
        @WireSparse List<PartitionName> peers,
        @WireSparse List<PublishedPort> publish) {
    /** The most peers, and the most ports. */
    public static final int MOST = 64;

    /** Alone, at an address that the manager finds. */
    public static final NetworkAccess ALONE = new NetworkAccess(Optional.empty(), List.of(), List.of());

    public NetworkAccess {
        peers = List.copyOf(peers);
        publish = List.copyOf(publish);
        if (peers.size() > MOST || publish.size() > MOST) {
            throw new IllegalArgumentException("a partition has at most " + MOST + " peers and " + MOST + " ports");
        }
        if (new HashSet<>(peers).size() != peers.size()) {
            throw new IllegalArgumentException("a peer is named twice");
        }
        long ports = publish.stream()
                .map(port -> port.protocol() + "/" + port.hostPort())
                .distinct()
                .count();
        if (ports != publish.size()) {
            throw new IllegalArgumentException("a port of the host is published twice");
        }
    }
}
