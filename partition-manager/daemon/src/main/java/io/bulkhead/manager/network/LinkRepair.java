package io.bulkhead.manager.network;

import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.sys.ErrnoException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Makes the host's end of a link what it has to be, piece by piece: what is right already is not touched, so that no packet
 * waits or is lost for it. For one thread at a time for each link.
 */
final class LinkRepair {
    private static final List<String> IP = List.of("ip", "-batch", "-");
    private static final List<String> TC = List.of("tc", "-batch", "-");

    private final NetworkTools tools;
    private final NetworkNames names;
    private final LinkCommands commands;
    private final Interfaces interfaces;
    private final Netlink netlink;

    LinkRepair(NetworkParts parts) {
        this.tools = parts.tools();
        this.names = parts.names();
        this.commands = new LinkCommands(parts.names());
        this.interfaces = parts.interfaces();
        this.netlink = parts.netlink();
    }

    /** What holds back what the partition sends, if that has a bound. */
    void shaper(Port port) {
        if (!port.slice().out().isLimited()) {
            return;
        }
        String shaper = names.shaper(port.address());
        if (!interfaces.exists(shaper)) {
            tools.run(IP, commands.shaper(port));
        } else if (!interfaces.isUp(shaper)) {
            tools.run(List.of("ip", "link", "set", "dev", shaper, "up"));
        }
        if (!hasRate(shaper, port.slice().out())) {
            discard(List.of("tc", "qdisc", "del", "dev", shaper, "root"));
            tools.run(TC, commands.shaperRate(port));
        }
    }

    /** A link that is there: on the bridge, up, its rate, and its way through the shaper, which is there already. */
    void link(Port port) {
        String link = names.link(port.address());
        if (!interfaces.isUp(link) || !interfaces.master(link).equals(Optional.of(names.bridge()))) {
            tools.run(List.of("ip", "link", "set", "dev", link, "master", names.bridge(), "up"));
        }
        if (!hasRate(link, port.slice().in())) {
            discard(List.of("tc", "qdisc", "del", "dev", link, "root"));
            run(TC, commands.linkRate(port));
        }
        if (port.slice().out().isLimited() && !isLedThrough(link, names.shaper(port.address()))) {
            discard(List.of("tc", "qdisc", "del", "dev", link, "ingress"));
            run(TC, commands.detour(port));
        }
    }

    private boolean hasRate(String device, Limit<BitRate> limit) {
        OptionalInt index = interfaces.index(device);
        OptionalLong found = index.isPresent() ? netlink.rootRate(index.getAsInt()) : OptionalLong.empty();
        return LinkPromises.isRate(found, limit);
    }

    private boolean isLedThrough(String link, String shaper) {
        OptionalInt from = interfaces.index(link);
        OptionalInt to = interfaces.index(shaper);
        return from.isPresent()
                && to.isPresent()
                && netlink.redirectedTo(from.getAsInt()).equals(Optional.of(to.getAsInt()));
    }

    private void run(List<String> command, String input) {
        if (!input.isEmpty()) {
            tools.run(command, input);
        }
    }

    /** Whatever somebody has put there; that there is nothing is as good. */
    private void discard(List<String> command) {
        try {
            tools.run(command);
        } catch (NetworkException | ErrnoException e) {
            // The kernel's own discipline cannot be removed; what is put in its place says whether that went well.
            return;
        }
    }
}
