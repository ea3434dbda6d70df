package io.bulkhead.manager.network;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.sys.ErrnoException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** What the kernel says of a partition's share of the network. Any thread. */
final class LinkPromises {
    private final NetworkNames names;
    private final Interfaces interfaces;
    private final Netlink netlink;

    LinkPromises(NetworkNames names, Interfaces interfaces, Netlink netlink) {
        this.names = names;
        this.interfaces = interfaces;
        this.netlink = netlink;
    }

    /** What was read of one direction. */
    private record Reading(String text, List<String> faults) {}

    /**
     * Of one on the bridge.
     *
     * @param peers whom it may talk to
     * @param made whether the link is there, or about to be for the next run
     * @param walls what is wrong with what all share
     */
    List<Promise> onBridge(Port port, List<PartitionName> peers, boolean made, List<String> walls) {
        String link = names.link(port.address());
        Limit<BitRate> in = port.slice().in();
        Limit<BitRate> out = port.slice().out();
        Reading inRead = made ? reading(() -> readIn(link, in), walls) : new Reading(in.toString(), walls);
        Reading outRead = made
                ? reading(() -> readOut(link, names.shaper(port.address()), out), walls)
                : new Reading(out.toString(), walls);
        return List.of(
                promise(Resource.NETWORK_IN, in, inRead, "tc qdisc show dev " + link),
                promise(
                        Resource.NETWORK_OUT,
                        out,
                        outRead,
                        "tc qdisc show dev " + (out.isLimited() ? names.shaper(port.address()) : link)),
                access(port, peers, walls));
    }

    /** Every rule of it was counted in the kernel's tables, or somebody is about to put them right. */
    private Promise access(Port port, List<PartitionName> peers, List<String> walls) {
        String promised = access(port, peers);
        boolean held = walls.isEmpty();
        return new Promise(
                Resource.NETWORK_ACCESS,
                promised,
                held ? promised : "not kept apart",
                Strength.CAPPED,
                held,
                "nft list table bridge " + names.table() + ", ip " + names.table(),
                held ? Optional.empty() : Optional.of(String.join("; ", walls)));
    }

    private static String access(Port port, List<PartitionName> peers) {
        List<String> open = new ArrayList<>();
        if (!peers.isEmpty()) {
            open.add("peers " + peers.stream().map(PartitionName::value).collect(Collectors.joining(" ")));
        }
        if (!port.publish().isEmpty()) {
            open.add("ports "
                    + port.publish().stream().map(PublishedPort::toString).collect(Collectors.joining(" ")));
        }
        return open.isEmpty() ? "closed" : "closed but for " + String.join(", ", open);
    }

    private static Promise promise(Resource resource, Limit<BitRate> limit, Reading reading, String evidence) {
        boolean held = reading.faults().isEmpty();
        return new Promise(
                resource,
                limit.toString(),
                reading.text(),
                Strength.CAPPED,
                held,
                evidence,
                held ? Optional.empty() : Optional.of(String.join("; ", reading.faults())));
    }

    private interface Read {
        Reading read();
    }

    private static Reading reading(Read read, List<String> walls) {
        Reading found;
        try {
            found = read.read();
        } catch (NetworkException | ErrnoException e) {
            String words = String.valueOf(e.getMessage());
            found = new Reading(words, List.of(words));
        }
        List<String> faults = new ArrayList<>(found.faults());
        faults.addAll(walls);
        return new Reading(found.text(), faults);
    }

    private Reading readIn(String link, Limit<BitRate> limit) {
        OptionalInt index = interfaces.index(link);
        if (index.isEmpty()) {
            return noLink(link);
        }
        if (!interfaces.isUp(link)) {
            return new Reading("down", List.of(link + " is down: the partition has no network"));
        }
        if (!interfaces.master(link).equals(Optional.of(names.bridge()))) {
            return new Reading("no bridge", List.of(link + " is not on the bridge " + names.bridge()));
        }
        return compare(netlink.rootRate(index.getAsInt()), limit, link);
    }

    private static Reading noLink(String link) {
        return new Reading(
                "no link",
                List.of("the interface " + link + " is gone: the partition has no network; a restart makes it anew"));
    }

    private Reading readOut(String link, String shaper, Limit<BitRate> limit) {
        OptionalInt index = interfaces.index(link);
        if (index.isEmpty()) {
            return noLink(link);
        }
        if (!limit.isLimited()) {
            return new Reading(Limit.UNLIMITED, List.of());
        }
        OptionalInt through = interfaces.index(shaper);
        if (through.isEmpty()) {
            return new Reading("no shaper", List.of("the interface " + shaper + ", which holds it back, is gone"));
        }
        Optional<Integer> target = netlink.redirectedTo(index.getAsInt());
        if (!target.equals(Optional.of(through.getAsInt()))) {
            return new Reading(
                    Limit.UNLIMITED, List.of("what " + link + " sends is not led through " + shaper + ": no bound"));
        }
        return compare(netlink.rootRate(through.getAsInt()), limit, shaper);
    }

    private static Reading compare(OptionalLong bits, Limit<BitRate> limit, String device) {
        String text = text(bits);
        return isRate(bits, limit)
                ? new Reading(limit.toString(), List.of())
                : new Reading(text, List.of("promised " + limit + ", " + device + " has " + text));
    }

    /** Whether what the kernel says is what was asked of it. */
    static boolean isRate(OptionalLong bits, Limit<BitRate> limit) {
        // The kernel counts in bytes.
        String wanted = limit.fold(rate -> new BitRate(rate.bitsPerSecond() / 8 * 8).toString(), Limit.UNLIMITED);
        return text(bits).equals(wanted);
    }

    private static String text(OptionalLong bits) {
        return bits.isPresent() && bits.getAsLong() > 0 ? new BitRate(bits.getAsLong()).toString() : Limit.UNLIMITED;
    }

    /** Of one that has a whole interface. */
    Promise device(String device, Optional<RunningPartition> running) {
        boolean inside = running.map(run -> HostDevices.hasInside(run, device)).orElse(false);
        boolean onHost = interfaces.exists(device);
        boolean held = running.isPresent() ? inside && !onHost : onHost;
        String where = inside ? device + " is inside" : onHost ? device + " is on the host" : device + " is not there";
        String reason = running.isPresent()
                ? where + ", but it was moved in; root inside may have renamed it"
                : "the host has no interface " + device;
        return new Promise(
                Resource.NETWORK_DEVICE,
                device,
                held ? device : where,
                Strength.EXCLUSIVE,
                held,
                running.map(run -> "/proc/" + run.init().pid() + "/net/dev").orElse("/sys/class/net/" + device),
                held ? Optional.empty() : Optional.of(reason));
    }
}
