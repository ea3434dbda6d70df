package io.bulkhead.broker.placement;

import io.bulkhead.broker.placement.Device.Kind;
import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.StorageSlice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Whole disks and network interfaces: each is one partition's or nobody's. */
final class Devices {
    /** A device by its kind and name, with the word for it. */
    record Named(Kind kind, String name) implements Comparable<Named> {
        @Override
        public int compareTo(Named other) {
            return kind == other.kind ? name.compareTo(other.name) : kind.compareTo(other.kind);
        }

        @Override
        public String toString() {
            return kind.title() + " " + name;
        }
    }

    private Devices() {}

    /** What a claim names. */
    static Set<Named> of(Claim claim) {
        return of(claim.storage(), claim.network());
    }

    /** What a partition has. */
    static Set<Named> of(Holding holding) {
        return of(holding.slice().storage(), holding.slice().network());
    }

    private static Set<Named> of(Optional<StorageSlice> storage, Optional<NetworkSlice> network) {
        Set<Named> named = new TreeSet<>();
        storage.ifPresent(held -> held.disks().forEach(disk -> named.add(new Named(Kind.DISK, disk))));
        network.flatMap(NetworkSlice::device).ifPresent(device -> named.add(new Named(Kind.NETWORK_INTERFACE, device)));
        return named;
    }

    /** Whether none of what a claim names is held. */
    static boolean areFree(Room room, Claim claim) {
        Set<Named> wanted = of(claim);
        return wanted.isEmpty()
                || room.holdings().all().stream().map(Devices::of).noneMatch(held -> held.stream()
                        .anyMatch(wanted::contains));
    }

    /** Whether no two of a set want the same, and nobody else has it. */
    static boolean areFree(Room room, List<Wish> wishes) {
        Set<Named> all = new HashSet<>();
        return wishes.stream()
                .allMatch(wish ->
                        areFree(room, wish.claim()) && of(wish.claim()).stream().allMatch(all::add));
    }

    /** What of it is held, and by whom. */
    static Optional<Shortage> shortage(Room room, Claim claim) {
        Set<Named> wanted = of(claim);
        List<String> conflicts = new ArrayList<>();
        List<String> holders = new ArrayList<>();
        for (Holding holding : room.holdings().all()) {
            for (Named held : of(holding)) {
                if (wanted.contains(held)) {
                    conflicts.add("the " + held + " is held by " + holding.owner());
                    holders.add(holding.owner() + ": " + held);
                }
            }
        }
        if (conflicts.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Shortage(
                String.join(", ", conflicts),
                holders,
                Optional.empty(),
                "the one " + holders.get(0).split(": ")[1]));
    }

    /** Why nobody can have what a claim names; empty where the machine tells no devices. */
    static Optional<Problem> misfit(Machine machine, Claim claim) {
        if (machine.deviceNames().isEmpty()) {
            return Optional.empty();
        }
        for (Named wanted : of(claim)) {
            Optional<Device> device = machine.device(wanted.name()).filter(found -> found.kind() == wanted.kind());
            if (device.isEmpty()) {
                List<String> known = machine.deviceNames().stream()
                        .filter(name -> machine.device(name)
                                .filter(found -> found.kind() == wanted.kind()
                                        && found.hindrance().isEmpty())
                                .isPresent())
                        .toList();
                return Optional.of(Problem.of(
                        ProblemCode.NOT_ENFORCEABLE,
                        "there is no " + wanted
                                + (known.isEmpty()
                                        ? ""
                                        : "; those that a partition could have are " + Words.list(known)),
                        "name another one, or leave it out"));
            }
            Optional<String> hindrance = device.get().hindrance();
            if (hindrance.isPresent()) {
                return Optional.of(Problem.of(
                        ProblemCode.NOT_ENFORCEABLE,
                        "the " + wanted + " cannot be handed to a partition: " + hindrance.get(),
                        "name another one, or free it on the host"));
            }
        }
        return Optional.empty();
    }
}
