package io.bulkhead.broker.definition;

import io.bulkhead.contract.partition.Hardening;
import io.bulkhead.contract.partition.Hardening.KernelObjects;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Storage, shares, network and hardening as {@link DefinitionWriter} writes them. */
final class WallText {
    private WallText() {}

    /** The lines about storage, volumes and shares. */
    static List<String> storage(PartitionSpec spec) {
        List<String> lines = new ArrayList<>();
        spec.claim().storage().ifPresent(storage -> {
            if (!storage.disks().isEmpty()) {
                List<String> parts = new ArrayList<>();
                storage.own().ifPresent(size -> parts.add("size: " + size));
                parts.add("disks: " + quoted(storage.disks()));
                lines.add("storage: " + DefinitionWriter.flow(parts));
            } else {
                storage.own().ifPresent(size -> lines.add("storage: " + size));
            }
            if (!storage.volumes().isEmpty()) {
                lines.add("volumes:");
                storage.volumes().forEach(volume -> lines.add("  " + volume(volume)));
            }
        });
        if (!spec.shares().isEmpty()) {
            lines.add("shares:");
            spec.shares().forEach(share -> lines.add("  " + share(share)));
        }
        return lines;
    }

    private static String volume(Volume volume) {
        return DefinitionWriter.key(volume.name().value()) + ": {size: " + volume.size() + ", at: "
                + DefinitionWriter.text(volume.at().value()) + "}";
    }

    private static String share(Share share) {
        return DefinitionWriter.text(share.at().value()) + ": {from: " + DefinitionWriter.text(share.source())
                + (share.write() ? ", write: true}" : "}");
    }

    /** The value of the key {@code network}. */
    static Optional<String> network(PartitionSpec spec) {
        return spec.claim().network().map(network -> {
            List<String> parts = new ArrayList<>();
            DefinitionWriter.limit("in", network.in(), parts);
            DefinitionWriter.limit("out", network.out(), parts);
            network.device().ifPresent(device -> parts.add("device: " + DefinitionWriter.quoted(device)));
            spec.access().ifPresent(access -> {
                access.address().ifPresent(address -> parts.add("address: " + address));
                if (!access.peers().isEmpty()) {
                    parts.add("peers: " + peers(access));
                }
                if (!access.publish().isEmpty()) {
                    parts.add("publish: " + publish(access));
                }
            });
            return parts.isEmpty() ? NetworkReader.BRIDGE : DefinitionWriter.flow(parts);
        });
    }

    /** The value of the key {@code hardening}. */
    static String hardening(Hardening hardening) {
        List<String> parts = new ArrayList<>();
        names("deny", hardening.deny(), parts);
        names("allow", hardening.allow(), parts);
        names("drop", hardening.drop(), parts);
        hardening.objects().ifPresent(objects -> parts.add("objects: " + objects(objects)));
        return DefinitionWriter.flow(parts);
    }

    private static String objects(KernelObjects objects) {
        List<String> parts = new ArrayList<>();
        objects.inotifyInstances().ifPresent(count -> parts.add("inotifyInstances: " + count));
        objects.inotifyWatches().ifPresent(count -> parts.add("inotifyWatches: " + count));
        objects.namespaces().ifPresent(count -> parts.add("namespaces: " + count));
        return DefinitionWriter.flow(parts);
    }

    private static void names(String key, List<String> names, List<String> parts) {
        if (!names.isEmpty()) {
            parts.add(key + ": " + quoted(names));
        }
    }

    /** What the keys say, defaults included, for {@link DefinitionWriter#values}. */
    static void putStorageAndNetwork(PartitionSpec spec, Map<String, String> values) {
        Optional<StorageSlice> storage = spec.claim().storage();
        values.put(
                "storage.size",
                storage.flatMap(StorageSlice::own).map(Object::toString).orElse("none"));
        values.put(
                "storage.disks",
                storage.map(StorageSlice::disks)
                        .filter(disks -> !disks.isEmpty())
                        .map(WallText::quoted)
                        .orElse("none"));
        values.put(
                "volumes",
                storage.map(StorageSlice::volumes)
                        .filter(volumes -> !volumes.isEmpty())
                        .map(volumes -> DefinitionWriter.flow(
                                volumes.stream().map(WallText::volume).toList()))
                        .orElse("none"));
        values.put(
                "shares",
                spec.shares().isEmpty()
                        ? "none"
                        : DefinitionWriter.flow(
                                spec.shares().stream().map(WallText::share).toList()));
        Optional<NetworkSlice> network = spec.claim().network();
        values.put(
                "network",
                network.map(share -> share.device()
                                .map(device -> "{device: " + DefinitionWriter.quoted(device) + "}")
                                .orElse(NetworkReader.BRIDGE))
                        .orElse("none"));
        values.put("network.in", network.map(share -> share.in().toString()).orElse("unlimited"));
        values.put("network.out", network.map(share -> share.out().toString()).orElse("unlimited"));
        NetworkAccess access = spec.access().orElse(NetworkAccess.ALONE);
        values.put("network.address", access.address().map(Object::toString).orElse("found by the manager"));
        values.put("network.peers", access.peers().isEmpty() ? "none" : peers(access));
        values.put("network.publish", access.publish().isEmpty() ? "none" : publish(access));
    }

    private static String peers(NetworkAccess access) {
        return quoted(access.peers().stream().map(PartitionName::value).toList());
    }

    private static String publish(NetworkAccess access) {
        return quoted(access.publish().stream().map(PublishedPort::toString).toList());
    }

    private static String quoted(List<String> words) {
        return words.stream().map(DefinitionWriter::quoted).collect(Collectors.joining(", ", "[", "]"));
    }
}
