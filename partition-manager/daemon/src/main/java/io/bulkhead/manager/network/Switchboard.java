package io.bulkhead.manager.network;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.HostRoutes;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.record.BootRecord;
import io.bulkhead.manager.start.HostsBlock;
import io.bulkhead.manager.undo.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all partitions of the network share: the bridge, the packet filter, the names. Each change computes the whole
 * anew from who is there, and is complete or undone. Its methods exclude each other.
 *
 * <p>Who is there is put on record before the kernel is told: a manager that comes later then knows that something may
 * be left, and keeps the rules of what runs.
 */
final class Switchboard {
    private static final Logger LOG = LoggerFactory.getLogger(Switchboard.class);

    private final NetworkParts parts;
    private final Bridge bridge;
    private final Firewall firewall;
    private final BootRecord<NetworkRecord> record;
    private final AtomicBoolean lookPending = new AtomicBoolean();
    /** Replaced as a whole by each change, so that whoever may not wait for one can read it. */
    private volatile Map<PartitionName, Port> ports = new TreeMap<>();

    Switchboard(NetworkParts parts) {
        this.parts = parts;
        this.bridge = new Bridge(parts.tools(), parts.names(), new LinkCommands(parts.names()), parts.interfaces());
        this.firewall = new Firewall(parts.tools(), parts.names(), parts.netlink());
        this.record = new BootRecord<>(parts.state().resolve("ports.json"), NetworkRecord.class);
    }

    /** A new manager is there: what is left of partitions that it does not know goes, the rules of the others stay. */
    synchronized void recover(Set<PartitionName> known) {
        Optional<NetworkRecord> found = record.load(parts.bootId());
        Map<PartitionName, Port> there = new TreeMap<>(ports);
        found.ifPresent(before -> before.ports().stream()
                .filter(port ->
                        known.contains(port.name()) && parts.names().subnet().contains(port.address()))
                .forEach(port -> there.put(port.name(), port)));
        ports = there;
        try {
            removeStrangers();
            if (!ports.isEmpty()) {
                apply();
            } else if (found.isPresent() || bridge.isThere()) {
                clear();
            }
        } catch (NetworkException | Refusal e) {
            // Each partition with a network is told so when it is bound or looked at.
            LOG.atError()
                    .addKeyValue("instance", parts.names().alias())
                    .setCause(e)
                    .log("The network that an earlier manager has left cannot be taken up");
        }
    }

    private void removeStrangers() {
        List<String> known = new ArrayList<>();
        ports.values().forEach(port -> {
            known.add(parts.names().link(port.address()));
            known.add(parts.names().shaper(port.address()));
        });
        for (String name : parts.interfaces().names()) {
            boolean ours = name.startsWith(parts.names().linkPrefix())
                    || name.startsWith(parts.names().shaperPrefix());
            if (ours && !known.contains(name)) {
                LOG.atWarn()
                        .addKeyValue("device", name)
                        .log("An interface belongs to no partition on record; removing it");
                PartitionLink.removeInterface(parts.tools(), parts.interfaces(), name);
            }
        }
    }

    /** The port of a partition, if it is on the bridge. */
    synchronized Optional<Port> port(PartitionName name) {
        return Optional.ofNullable(ports.get(name));
    }

    /** Adds a partition, or changes what it has. */
    synchronized void put(Port port) {
        requireTools();
        requireWayOut(port);
        Map<PartitionName, Port> changed = new TreeMap<>(ports);
        changed.put(port.name(), port);
        change(changed);
    }

    /** Takes a partition off; nothing happens where it is not there. */
    synchronized void remove(PartitionName name) {
        if (ports.containsKey(name)) {
            Map<PartitionName, Port> changed = new TreeMap<>(ports);
            changed.remove(name);
            change(changed);
        }
    }

    /** Gives a partition back what it had. */
    synchronized void restore(PartitionName name, Optional<Port> before) {
        Map<PartitionName, Port> changed = new TreeMap<>(ports);
        changed.remove(name);
        before.ifPresent(port -> changed.put(name, port));
        if (!changed.equals(ports)) {
            change(changed);
        }
    }

    private void change(Map<PartitionName, Port> changed) {
        Map<PartitionName, Port> before = ports;
        try (Undo undo = new Undo()) {
            undo.push("apply the former rules", () -> {
                ports = before;
                apply();
            });
            ports = changed;
            apply();
            undo.keep();
        }
    }

    private void apply() {
        if (ports.isEmpty()) {
            clear();
            return;
        }
        record.save(new NetworkRecord(parts.bootId(), List.copyOf(ports.values())));
        bridge.ensure();
        firewall.apply(new RuleSet(parts.names(), List.copyOf(ports.values()), parts.egress()));
        boolean forwards = parts.egress().isOpen()
                || ports.values().stream().anyMatch(port -> !port.publish().isEmpty());
        if (forwards) {
            bridge.forward();
        }
        parts.hostNames().write(ports.values());
    }

    private void requireTools() {
        List<String> missing = parts.tools().missing(List.of("ip", "tc", "nft", "nsenter"));
        if (!missing.isEmpty()) {
            throw Refusal.of(
                    ProblemCode.NOT_ENFORCEABLE,
                    "a partition with a network needs programs that this host lacks",
                    "apt-get install " + String.join(" ", missing));
        }
    }

    /** Published ports and the way out both need a host that passes on what comes in by its uplink. */
    private void requireWayOut(Port port) {
        if (port.publish().isEmpty() && !parts.egress().isOpen()) {
            return;
        }
        List<String> ways = parts.egress()
                .uplink()
                .map(List::of)
                .orElseGet(() -> parts.interfaces().routes().routes().stream()
                        .filter(HostRoutes.Route::isDefault)
                        .map(HostRoutes.Route::device)
                        .distinct()
                        .toList());
        for (String way : ways) {
            if (!parts.interfaces().exists(way)) {
                throw Refusal.of(
                        ProblemCode.NOT_ENFORCEABLE,
                        "network.uplink = " + way + ", but the host has no such interface",
                        "name one that 'ip link' shows in bulkhead.conf");
            }
            if (!parts.interfaces().forwards(way)) {
                throw Refusal.of(
                        ProblemCode.NOT_ENFORCEABLE,
                        "the host does not pass on what comes in by " + way + ", so "
                                + (port.publish().isEmpty()
                                        ? "no answer would reach "
                                        : "nobody would reach the ports of ")
                                + port.name(),
                        "sysctl -w net.ipv4.conf." + way.replace('.', '/') + ".forwarding=1");
            }
        }
    }

    /** What the partition's /etc/hosts is to say: itself, the host, its peers. */
    synchronized String hostsBlock(PartitionName name) {
        Port port = ports.get(name);
        if (port == null) {
            return "";
        }
        List<String> lines = new ArrayList<>();
        lines.add(parts.names().host() + " host");
        lines.add(port.address() + " " + name);
        new RuleSet(parts.names(), List.copyOf(ports.values()), parts.egress())
                .peersOf(name)
                .forEach(peer -> lines.add(peer.address() + " " + peer.name()));
        return HostsBlock.of(lines);
    }

    /** Whom a partition may talk to, by whichever of the two definitions. Never waits. */
    List<PartitionName> peers(PartitionName name) {
        return new RuleSet(parts.names(), List.copyOf(ports.values()), parts.egress())
                .peersOf(name).stream().map(Port::name).sorted().toList();
    }

    /** Whether somebody may have changed the rules since they were read, and nobody is about to look. */
    boolean isToBeLookedAt() {
        return firewall.isToBeLookedAt() && lookPending.compareAndSet(false, true);
    }

    /** Reads the rules and puts them right. */
    synchronized void look() {
        lookPending.set(false);
        if (firewall.isToBeLookedAt() || firewall.fault().isPresent()) {
            firewall.look();
        }
    }

    /** Makes the bridge anew where somebody has taken it away; nothing happens to one that is there. */
    synchronized void mend() {
        if (!ports.isEmpty() && !bridge.isThere()) {
            apply();
        }
    }

    /** What is wrong with what all share, in words. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        firewall.fault().ifPresent(faults::add);
        if (!bridge.isThere()) {
            faults.add("the bridge " + parts.names().bridge() + " is gone");
        }
        return faults;
    }

    /** The instance leaves the kernel. */
    synchronized void leave() {
        boolean there = record.load(parts.bootId()).isPresent() || bridge.isThere();
        ports = new TreeMap<>();
        removeStrangers();
        if (there) {
            clear();
        }
    }

    private void clear() {
        bridge.remove();
        firewall.remove();
        parts.hostNames().remove();
        record.remove();
    }
}
