package io.bulkhead.manager.network;

import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.Limit;
import java.nio.file.Path;

/** The lines that ip(8) and tc(8) read in one batch each, to make the bridge and a partition's link. Pure; any thread. */
final class LinkCommands {
    /** What a partition's interface is called inside. */
    static final String INSIDE = "eth0";

    private final NetworkNames names;

    LinkCommands(NetworkNames names) {
        this.names = names;
    }

    /** Makes the bridge. It forwards at once, sends no frames of its own, and has no IPv6. */
    String bridge() {
        return lines(
                "link add name " + names.bridge() + " address " + names.hardwareAddress()
                        + " type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
                "link set dev " + names.bridge() + " alias " + names.alias() + " addrgenmode none",
                "address replace " + names.host() + "/" + names.subnet().prefix() + " dev " + names.bridge(),
                "link set dev " + names.bridge() + " up");
    }

    /** Makes what holds back what the partition sends. */
    String shaper(Port port) {
        String shaper = names.shaper(port.address());
        return lines(
                "link add name " + shaper + " type ifb",
                "link set dev " + shaper + " alias " + names.alias(port.name()) + " addrgenmode none up");
    }

    String shaperRate(Port port) {
        return rate(port.slice().out(), names.shaper(port.address()));
    }

    /**
     * Makes the link, with its far end in a network namespace.
     *
     * @param namespace the path of its file
     */
    String link(Port port, Path namespace) {
        String link = names.link(port.address());
        return lines(
                "link add name " + link + " type veth peer name " + INSIDE + " address "
                        + names.hardwareAddress(port.name()) + " netns " + namespace,
                "link set dev " + link + " alias " + names.alias(port.name()) + " addrgenmode none master "
                        + names.bridge() + " up");
    }

    /** To be read inside the namespace. */
    String inside(Port port) {
        return lines(
                "link set dev lo up",
                "address add " + port.address() + "/" + names.subnet().prefix() + " dev " + INSIDE,
                "link set dev " + INSIDE + " addrgenmode none up",
                "route add default via " + names.host());
    }

    /** Sets the rates: what goes to the partition is held back here, what comes from it on its way through the shaper. */
    String rates(Port port) {
        return linkRate(port) + detour(port);
    }

    /** Holds back what goes to the partition; nothing where that has no bound. */
    String linkRate(Port port) {
        return rate(port.slice().in(), names.link(port.address()));
    }

    /** Leads what comes from the partition through the shaper; nothing where that has no bound. */
    String detour(Port port) {
        if (!port.slice().out().isLimited()) {
            return "";
        }
        String link = names.link(port.address());
        return lines(
                "qdisc add dev " + link + " handle ffff: ingress",
                "filter add dev " + link + " parent ffff: protocol all u32 match u32 0 0"
                        + " action mirred egress redirect dev " + names.shaper(port.address()));
    }

    private static String rate(Limit<BitRate> limit, String device) {
        return limit.fold(
                rate -> "qdisc add dev " + device + " root handle 1: "
                        + Shaping.of(rate).arguments() + "\n",
                "");
    }

    private static String lines(String... lines) {
        return String.join("\n", lines) + "\n";
    }
}
