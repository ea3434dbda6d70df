package io.bulkhead.broker.definition;

import io.bulkhead.broker.definition.Fields.Writing;
import io.bulkhead.contract.fault.Place;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.Limit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads a partition's share of the network, and who it may talk to. */
final class NetworkReader {
    /** The word for a place on the bridge with nothing more to say. */
    static final String BRIDGE = "bridge";

    /** What makes no sense for a whole interface. */
    private static final List<String> OF_BRIDGE = List.of("in", "out", "address", "peers", "publish");

    /**
     * What the key {@code network} says.
     *
     * @param slice of the network
     * @param access who it may talk to
     */
    record Network(Optional<NetworkSlice> slice, Optional<NetworkAccess> access) {
        private static final Network NONE = new Network(Optional.empty(), Optional.empty());
    }

    private final Fields fields;
    private final boolean complete;

    /**
     * Prepares to read.
     *
     * @param fields of the partition
     * @param complete whether nothing else is to be merged with it
     */
    NetworkReader(Fields fields, boolean complete) {
        this.fields = fields;
        this.complete = complete;
    }

    /** @param name of the partition, which is not its own peer; empty where it is not known yet */
    Network read(Optional<PartitionName> name) {
        Optional<Shape> shape = fields.shape("network");
        if (shape.isEmpty() || !(shape.get() instanceof Shape.Mapping)) {
            return fields.value("network", Writing.EITHER, NetworkReader::bridge).orElse(Network.NONE);
        }
        return fields.below("network").map(block -> block(block, name)).orElse(Network.NONE);
    }

    private Network block(Fields network, Optional<PartitionName> name) {
        Limit<BitRate> in = Values.limit(network, "in", BitRate::parse);
        Limit<BitRate> out = Values.limit(network, "out", BitRate::parse);
        Optional<String> device = network.value("device", Writing.TEXT, NetworkReader::device);
        Optional<Ipv4Address> address = network.value("address", Writing.EITHER, Ipv4Address::parse);
        List<PartitionName> peers =
                network.list("peers", text -> peer(text, name), PartitionName::toString);
        List<PublishedPort> publish = network.list(
                "publish",
                PublishedPort::parse,
                port -> "the host's port " + port.hostPort() + (port.protocol() == PublishedPort.Protocol.UDP ? "/udp" : ""));
        Set<Boolean> tooMany =
                Set.copyOf(List.of(tooMany(network, "peers", peers), tooMany(network, "publish", publish)));
        if (complete && network.has("device")) {
            OF_BRIDGE.stream()
                    .filter(network::has)
                    .forEach(key -> network.fault(
                            key,
                            network.shape(key).map(Shape::place).orElseThrow(),
                            "belongs to a place on the bridge and cannot stand beside device"));
            return new Network(
                    device.map(each -> new NetworkSlice(Limit.unlimited(), Limit.unlimited(), Optional.of(each))),
                    Optional.empty());
        }
        return tooMany.contains(true)
                ? Network.NONE
                : new Network(
                        Optional.of(new NetworkSlice(in, out, Optional.empty())),
                        Optional.of(new NetworkAccess(address, peers, publish)));
    }

    private static boolean tooMany(Fields network, String key, List<?> values) {
        if (values.size() <= NetworkAccess.MOST) {
            return false;
        }
        Place place = network.shape(key).map(Shape::place).orElseThrow();
        network.fault(key, place, "has more than " + NetworkAccess.MOST);
        return true;
    }

    private static Network bridge(String text) {
        if (!text.equals(BRIDGE)) {
            throw new IllegalArgumentException("there is no network '" + text + "'");
        }
        return new Network(Optional.of(NetworkSlice.UNLIMITED), Optional.empty());
    }

    private static String device(String text) {
        return new NetworkSlice(Limit.unlimited(), Limit.unlimited(), Optional.of(text))
                .device()
                .orElseThrow();
    }

    private static PartitionName peer(String text, Optional<PartitionName> name) {
        PartitionName peer = PartitionName.parse(text);
        if (name.filter(peer::equals).isPresent()) {
            throw new IllegalArgumentException("a partition is not its own peer: " + peer);
        }
        return peer;
    }
}
