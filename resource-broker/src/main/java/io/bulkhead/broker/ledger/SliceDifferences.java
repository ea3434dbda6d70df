package io.bulkhead.broker.ledger;

import io.bulkhead.contract.partition.ConsoleSlice;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Volume;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What of two slices of one owner is not the same. */
final class SliceDifferences {
    private SliceDifferences() {}

    /** One line for each resource that differs. */
    static List<Difference> of(Grant ledger, Grant manager, String action) {
        List<Difference> differences = new ArrayList<>();
        Slice one = ledger.slice().orElseThrow();
        Slice other = manager.slice().orElseThrow();
        String owner = ledger.owner().value();
        compare(differences, owner, "cpus", one.cpus(), other.cpus(), action);
        compare(differences, owner, "threads", threads(ledger), threads(manager), action);
        compare(differences, owner, "memory", one.memory(), other.memory(), action);
        compare(differences, owner, "memory nodes", one.memoryNodes(), other.memoryNodes(), action);
        compare(differences, owner, "tasks", one.tasks(), other.tasks(), action);
        compare(differences, owner, "io", RecordCodec.encode(one.io()), RecordCodec.encode(other.io()), action);
        compare(differences, owner, "oom group", one.oomGroup(), other.oomGroup(), action);
        storage(differences, owner, one.storage(), other.storage(), action);
        network(differences, owner, one.network(), other.network(), action);
        compare(differences, owner, "console", console(one), console(other), action);
        return differences;
    }

    private static String console(Slice slice) {
        ConsoleSlice console = slice.console().orElse(ConsoleSlice.DEFAULT);
        return console.rate()
                + console.history().map(history -> ", history " + history).orElse("");
    }

    private static void storage(
            List<Difference> differences,
            String owner,
            Optional<StorageSlice> one,
            Optional<StorageSlice> other,
            String action) {
        compare(differences, owner, "storage", text(one, StorageSlice::own), text(other, StorageSlice::own), action);
        compare(
                differences,
                owner,
                "volumes",
                text(one, storage -> list(storage.volumes())),
                text(other, storage -> list(storage.volumes())),
                action);
        compare(
                differences,
                owner,
                "disks",
                text(one, storage -> list(storage.disks())),
                text(other, storage -> list(storage.disks())),
                action);
    }

    private static void network(
            List<Difference> differences,
            String owner,
            Optional<NetworkSlice> one,
            Optional<NetworkSlice> other,
            String action) {
        compare(differences, owner, "network in", rate(one, NetworkSlice::in), rate(other, NetworkSlice::in), action);
        compare(
                differences,
                owner,
                "network out",
                rate(one, NetworkSlice::out),
                rate(other, NetworkSlice::out),
                action);
        compare(
                differences,
                owner,
                "network device",
                text(one, NetworkSlice::device),
                text(other, NetworkSlice::device),
                action);
    }

    private static String rate(Optional<NetworkSlice> network, Function<NetworkSlice, Limit<BitRate>> way) {
        return network.map(share -> way.apply(share).toString()).orElse("no network");
    }

    private static Optional<List<String>> list(List<?> items) {
        return items.isEmpty()
                ? Optional.empty()
                : Optional.of(items.stream()
                        .map(item -> item instanceof Volume volume
                                ? volume.name() + " of " + volume.size() + " on " + volume.at()
                                : String.valueOf(item))
                        .toList());
    }

    private static <P> String text(Optional<P> part, Function<P, Optional<?>> value) {
        return part.<Object>flatMap(present -> value.apply(present))
                .map(found -> found instanceof List<?> items
                        ? String.join(", ", items.stream().map(String::valueOf).toList())
                        : String.valueOf(found))
                .orElse("none");
    }

    private static String threads(Grant grant) {
        return grant.wholeCores() ? "whole-core" : "any";
    }

    private static void compare(
            List<Difference> differences, String owner, String resource, Object ledger, Object manager, String action) {
        if (!ledger.equals(manager)) {
            differences.add(new Difference(
                    Difference.Kind.DIFFERENT, owner, resource, ledger.toString(), manager.toString(), action));
        }
    }
}
