package io.bulkhead.manager.network;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.admission.AdmissionRule;
import io.bulkhead.manager.admission.Holding;
import io.bulkhead.settings.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Whether a share of the network may be given: an interface and a port of the host are one partition's, and all rates
 * together stay within what the administrator states. Pure; any thread.
 */
public final class NetworkAdmission implements AdmissionRule {
    /** A frame of full length takes a second and a half at it. */
    private static final BitRate LEAST = new BitRate(8_000);

    private final Settings.Network settings;
    private final NetworkNames names;

    public NetworkAdmission(Settings.Network settings, NetworkNames names) {
        this.settings = settings;
        this.names = names;
    }

    @Override
    public Optional<Problem> refuse(PartitionSpec definition, Slice slice, Collection<Holding> others) {
        if (slice.network().isEmpty()) {
            return Optional.empty();
        }
        NetworkSlice network = slice.network().get();
        return tooSlow("in", network.in())
                .or(() -> tooSlow("out", network.out()))
                .or(() -> network.device().flatMap(device -> deviceTaken(device, others)))
                .or(() -> portsTaken(definition, others));
    }

    private static Optional<Problem> tooSlow(String what, Limit<BitRate> limit) {
        return limit.fold(
                rate -> rate.compareTo(LEAST) < 0
                        ? Optional.of(Problem.of(
                                ProblemCode.NOT_ENFORCEABLE,
                                "network " + what + " " + rate + " is too little to be held",
                                "ask for " + LEAST + " or more"))
                        : Optional.empty(),
                Optional.empty());
    }

    private Optional<Problem> deviceTaken(String device, Collection<Holding> others) {
        boolean ours = device.equals(names.bridge())
                || device.startsWith(names.linkPrefix())
                || device.startsWith(names.shaperPrefix());
        if (ours || settings.uplink().equals(Optional.of(device))) {
            return Optional.of(Problem.of(
                    ProblemCode.CONFLICT,
                    device + " is what all partitions reach others by",
                    "name another interface"));
        }
        List<String> holders = new ArrayList<>();
        for (Holding other : others) {
            if (network(other).flatMap(NetworkSlice::device).equals(Optional.of(device))) {
                holders.add(device + " is held by " + other.name());
            }
        }
        return holders.isEmpty()
                ? Optional.empty()
                : Optional.of(notEnough(
                        String.join(", ", holders), "name another interface, or release the holder", holders));
    }

    private static Optional<Problem> portsTaken(PartitionSpec definition, Collection<Holding> others) {
        List<String> holders = new ArrayList<>();
        for (PublishedPort wanted : published(definition)) {
            for (Holding other : others) {
                if (other.slice().isPresent()
                        && published(other.definition()).stream()
                                .anyMatch(port ->
                                        port.hostPort() == wanted.hostPort() && port.protocol() == wanted.protocol())) {
                    holders.add("port " + wanted.hostPort() + " of the host is published by " + other.name());
                }
            }
        }
        return holders.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        notEnough(String.join(", ", holders), "publish another port, or release the holder", holders));
    }

    private static List<PublishedPort> published(PartitionSpec definition) {
        return definition.access().map(NetworkAccess::publish).orElse(List.of());
    }

    private static Optional<NetworkSlice> network(Holding holding) {
        return holding.slice().flatMap(Slice::network);
    }

    private static Problem notEnough(String detail, String remedy, List<String> holders) {
        return new Problem(ProblemCode.NOT_ENOUGH_RESOURCES, detail, Optional.of(remedy), holders);
    }
}
