package io.bulkhead.console.cli;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Hardening;
import io.bulkhead.contract.partition.Hardening.KernelObjects;
import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Volume;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What {@code bulkhead define} says of storage, network and walls. */
final class WallOptions {
    private static final String BRIDGE = "bridge";

    @Option(names = "--storage", paramLabel = "SIZE", description = "a volume for its own files, like 4GiB")
    private Optional<String> storage = Optional.empty();

    @Option(
            names = "--volume",
            paramLabel = "NAME=SIZE:PLACE",
            description = "a further volume, like data=10GiB:/srv/data; may be repeated")
    private List<String> volumes = new ArrayList<>();

    @Option(
            names = "--disk",
            paramLabel = "DISK",
            description = "a whole disk of the host that is handed in, like sdb; may be repeated")
    private List<String> disks = new ArrayList<>();

    @Option(
            names = "--share",
            paramLabel = "DIRECTORY:PLACE[:rw]",
            description = "a directory of the host that it sees too, read-only without rw; may be repeated")
    private List<String> shares = new ArrayList<>();

    @Option(
            names = "--network",
            arity = "0..1",
            fallbackValue = BRIDGE,
            paramLabel = "RATES",
            description = "a place on the bridge, as fast as it goes, or with bounds like in=100Mbit/s,out=20Mbit/s")
    private Optional<String> network = Optional.empty();

    @Option(
            names = "--device",
            paramLabel = "INTERFACE",
            description = "a whole network interface of the host, moved in while it runs, like eth1")
    private Optional<String> device = Optional.empty();

    @Option(names = "--address", paramLabel = "ADDRESS", description = "its own on the bridge, like 10.77.0.9")
    private Optional<String> address = Optional.empty();

    @Option(
            names = "--peer",
            paramLabel = "PARTITION",
            description = "a partition that it may talk to on the bridge; may be repeated")
    private List<String> peers = new ArrayList<>();

    @Option(
            names = "--publish",
            paramLabel = "PORT:PORT[/udp]",
            description = "a port of the host that leads to one of its own, like 8080:80; may be repeated")
    private List<String> publish = new ArrayList<>();

    @Option(
            names = "--deny",
            split = ",",
            paramLabel = "CALL",
            description = "a system call that is refused beyond the built-in list; may be repeated")
    private List<String> deny = new ArrayList<>();

    @Option(
            names = "--allow",
            split = ",",
            paramLabel = "CALL",
            description = "a system call that is taken off the built-in list; may be repeated")
    private List<String> allow = new ArrayList<>();

    @Option(
            names = "--drop",
            split = ",",
            paramLabel = "CAPABILITY",
            description = "a capability that nobody inside has, like net_raw; may be repeated")
    private List<String> drop = new ArrayList<>();

    @Option(names = "--inotify-instances", paramLabel = "N", description = "the most inotify instances inside")
    private Optional<Long> inotifyInstances = Optional.empty();

    @Option(names = "--inotify-watches", paramLabel = "N", description = "the most inotify watches inside")
    private Optional<Long> inotifyWatches = Optional.empty();

    @Option(names = "--namespaces", paramLabel = "N", description = "the most namespaces of each kind inside")
    private Optional<Long> namespaces = Optional.empty();

    Optional<StorageSlice> storage() {
        if (storage.isEmpty() && volumes.isEmpty() && disks.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new StorageSlice(
                storage.map(ByteSize::parse),
                volumes.stream().map(WallOptions::volume).toList(),
                disks));
    }

    private static Volume volume(String text) {
        int name = text.indexOf('=');
        int place = text.indexOf(":/");
        if (name < 1 || place < name) {
            throw wrong("--volume", text, "data=10GiB:/srv/data");
        }
        return new Volume(
                PartitionName.parse(text.substring(0, name)),
                ByteSize.parse(text.substring(name + 1, place)),
                InsidePath.parse(text.substring(place + 1)));
    }

    List<Share> shares() {
        return shares.stream().map(WallOptions::share).toList();
    }

    /** A colon may be part of either path: what divides is the last one before a slash. */
    private static Share share(String text) {
        boolean write = text.endsWith(":rw");
        String paths = write || text.endsWith(":ro") ? text.substring(0, text.length() - 3) : text;
        int middle = paths.lastIndexOf(":/");
        if (middle < 1) {
            throw wrong("--share", text, "/srv/pictures:/srv/pictures or /srv/pictures:/srv/pictures:rw");
        }
        return new Share(paths.substring(0, middle), InsidePath.parse(paths.substring(middle + 1)), write);
    }

    Optional<NetworkSlice> network() {
        boolean bridge = address.isPresent() || !peers.isEmpty() || !publish.isEmpty();
        if (network.isEmpty() && device.isEmpty() && !bridge) {
            return Optional.empty();
        }
        if (device.isPresent() && (bridge || network.isPresent())) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "--device moves in a whole interface: --network, --address, --peer and --publish go with the bridge only");
        }
        Map<String, String> rates = rates(network.orElse(BRIDGE));
        return Optional.of(new NetworkSlice(
                DefineVerb.limit(Optional.ofNullable(rates.get("in")), BitRate::parse),
                DefineVerb.limit(Optional.ofNullable(rates.get("out")), BitRate::parse),
                device));
    }

    private static Map<String, String> rates(String text) {
        Map<String, String> rates = new LinkedHashMap<>();
        if (text.equals(BRIDGE)) {
            return rates;
        }
        for (String each : text.split(",", -1)) {
            int sign = each.indexOf('=');
            String way = sign < 0 ? "" : each.substring(0, sign);
            if (!List.of("in", "out").contains(way) || rates.put(way, each.substring(sign + 1)) != null) {
                throw wrong("--network", text, "in=100Mbit/s,out=20Mbit/s");
            }
        }
        return rates;
    }

    Optional<NetworkAccess> access() {
        return Optional.of(new NetworkAccess(
                        address.map(Ipv4Address::parse),
                        peers.stream().map(PartitionName::parse).toList(),
                        publish.stream().map(PublishedPort::parse).toList()))
                .filter(access -> !access.equals(NetworkAccess.ALONE));
    }

    Optional<Hardening> hardening() {
        return Optional.of(new Hardening(
                deny, allow, drop, Optional.of(new KernelObjects(inotifyInstances, inotifyWatches, namespaces))));
    }

    private static Refusal wrong(String option, String text, String like) {
        return Refusal.of(
                ProblemCode.INVALID_REQUEST, option + " does not know '" + text + "'; write it like " + like);
    }

    /** Network rates of a slice or claim on one line. */
    static String network(NetworkSlice network) {
        if (network.device().isPresent()) {
            return network.device().get() + ", whole";
        }
        return "bridge"
                + rate(", in ", network.in())
                + rate(", out ", network.out());
    }

    private static String rate(String title, Limit<BitRate> limit) {
        return limit.isLimited() ? title + limit : "";
    }
}
