package io.bulkhead.manager.network;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PublishedPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The packet filter of an instance, computed as a whole from what all its partitions have; nft(8). Applied in one
 * transaction that replaces the one before. What is not said here of a link to a partition is dropped. Pure; any thread.
 *
 * <p>Two tables of one name: the one of the bridge keeps every partition at its own addresses and apart from all but its
 * peers, on each frame; the one of IP decides what goes between partitions and the rest of the world.
 *
 * @param names of the instance's objects
 * @param ports of all partitions on the bridge, by address
 * @param egress by what they leave the host of their own accord
 */
record RuleSet(NetworkNames names, List<Port> ports, Egress egress) {
    /** Connections that a partition may have open with what is behind the host: the host's table of them is shared. */
    private static final int CONNECTIONS = 8192;

    /** Those inside are told, who would otherwise wait for each name server and connection until their patience ends. */
    private static final String TELL = "reject with icmp admin-prohibited";

    /**
     * The way out.
     *
     * @param uplink the only interface, if one is named
     * @param masquerade whether with the host's own address
     */
    record Egress(Optional<String> uplink, boolean masquerade) {
        static final Egress NONE = new Egress(Optional.empty(), false);

        boolean isOpen() {
            return masquerade || uplink.isPresent();
        }
    }

    RuleSet {
        ports = ports.stream().sorted(Comparator.comparing(Port::address)).toList();
    }

    /** The whole as nft reads it: both tables are replaced, or nothing happens. */
    String render() {
        StringBuilder text = new StringBuilder();
        for (String family : List.of("bridge", "ip")) {
            text.append("add table ")
                    .append(family)
                    .append(' ')
                    .append(names.table())
                    .append('\n');
            text.append("delete table ")
                    .append(family)
                    .append(' ')
                    .append(names.table())
                    .append('\n');
        }
        append(text, "bridge", bridgeSets(), bridgeChains());
        append(text, "ip", ipSets(), ipChains());
        return text.toString();
    }

    /** What removes it, whether it is there or not. */
    static String removal(NetworkNames names) {
        return "add table bridge " + names.table() + "\ndelete table bridge " + names.table() + "\nadd table ip "
                + names.table() + "\ndelete table ip " + names.table() + "\n";
    }

    /**
     * What the kernel must show of it: rules by chain and elements by set, as {@code bridge chain forward}, {@code ip set
     * peers}.
     */
    Map<String, Integer> counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        count(counts, "bridge", bridgeSets(), bridgeChains());
        count(counts, "ip", ipSets(), ipChains());
        return counts;
    }

    private static void count(
            Map<String, Integer> counts, String family, List<NamedSet> sets, Map<String, List<String>> chains) {
        sets.stream()
                .filter(set -> !set.dynamic())
                .forEach(set -> counts.put(
                        family + " " + set.kind() + " " + set.name(),
                        set.elements().size()));
        chains.forEach((chain, lines) -> counts.put(family + " chain " + chain, (int)
                lines.stream().filter(line -> !line.startsWith("type ")).count()));
    }

    /**
     * A set or map.
     *
     * @param dynamic whether its elements come from packets
     */
    private record NamedSet(String kind, String name, String type, List<String> elements, boolean dynamic) {}

    private void append(StringBuilder text, String family, List<NamedSet> sets, Map<String, List<String>> chains) {
        text.append("table ").append(family).append(' ').append(names.table()).append(" {\n");
        text.append("\tcomment \"partitions of ").append(names.alias()).append("\"\n");
        for (NamedSet set : sets) {
            text.append('\t').append(set.kind()).append(' ').append(set.name()).append(" {\n");
            text.append("\t\ttype ").append(set.type()).append('\n');
            if (set.dynamic()) {
                text.append("\t\tsize 65535\n\t\tflags dynamic\n");
            } else if (!set.elements().isEmpty()) {
                text.append("\t\telements = { ")
                        .append(String.join(", ", set.elements()))
                        .append(" }\n");
            }
            text.append("\t}\n");
        }
        chains.forEach((chain, lines) -> {
            text.append("\tchain ").append(chain).append(" {\n");
            lines.forEach(line -> text.append("\t\t").append(line).append('\n'));
            text.append("\t}\n");
        });
        text.append("}\n");
    }

    // ---- the bridge

    private List<NamedSet> bridgeSets() {
        List<String> owners = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (Port port : ports) {
            owners.add(quoted(port) + " . " + names.hardwareAddress(port.name()) + " . " + port.address());
            addresses.add(quoted(port) + " . " + port.address());
        }
        return List.of(
                new NamedSet("set", "owners", "ifname . ether_addr . ipv4_addr", owners, false),
                new NamedSet("set", "addresses", "ifname . ipv4_addr", addresses, false),
                new NamedSet("set", "peers", "ifname . ifname", pairs(this::quoted), false));
    }

    private Map<String, List<String>> bridgeChains() {
        String link = "\"" + names.linkPrefix() + "*\"";
        Map<String, List<String>> chains = new LinkedHashMap<>();
        // Before anything that the host's own rules might do to it; dropped frames teach the bridge nothing.
        chains.put(
                "prerouting",
                List.of("type filter hook prerouting priority -310; policy accept;", "iifname " + link + " jump sent"));
        chains.put(
                "sent",
                List.of(
                        "ether daddr & 01:00:00:00:00:00 == 00:00:00:00:00:00 ether type ip"
                                + " iifname . ether saddr . ip saddr @owners udp sport 67 drop",
                        "ether daddr & 01:00:00:00:00:00 == 00:00:00:00:00:00 ether type ip"
                                + " iifname . ether saddr . ip saddr @owners accept",
                        "ether type arp arp htype 1 arp ptype ip arp operation { request, reply }"
                                + " iifname . ether saddr . arp saddr ip @owners"
                                + " iifname . arp saddr ether . arp saddr ip @owners accept",
                        "drop"));
        chains.put(
                "input",
                List.of(
                        "type filter hook input priority -200; policy accept;",
                        "iifname " + link + " ether type != { ip, arp } drop",
                        "iifname " + link + " ether type arp arp daddr ip != " + names.host() + " drop"));
        chains.put(
                "forward",
                List.of(
                        "type filter hook forward priority -200; policy accept;",
                        "iifname " + link + " iifname . oifname @peers accept",
                        "iifname " + link + " drop",
                        "oifname " + link + " drop"));
        chains.put(
                "postrouting",
                List.of(
                        "type filter hook postrouting priority 310; policy accept;",
                        "oifname " + link + " jump given"));
        chains.put(
                "given",
                List.of(
                        "ether type ip oifname . ether daddr . ip daddr @owners accept",
                        "ether type arp oifname . arp daddr ip @addresses accept",
                        "drop"));
        return chains;
    }

    // ---- IP

    private List<NamedSet> ipSets() {
        return List.of(
                new NamedSet(
                        "set",
                        "peers",
                        "ipv4_addr . ipv4_addr",
                        pairs(port -> port.address().toString()),
                        false),
                new NamedSet("map", "published_tcp", published(), publishedBy(PublishedPort.Protocol.TCP), false),
                new NamedSet("map", "published_udp", published(), publishedBy(PublishedPort.Protocol.UDP), false),
                new NamedSet("set", "connections", "ipv4_addr", List.of(), true));
    }

    private static String published() {
        return "inet_service : ipv4_addr . inet_service";
    }

    private Map<String, List<String>> ipChains() {
        String bridge = "\"" + names.bridge() + "\"";
        Map<String, List<String>> chains = new LinkedHashMap<>();
        List<String> prerouting = new ArrayList<>(List.of("type nat hook prerouting priority -100; policy accept;"));
        List<String> output = new ArrayList<>(List.of("type nat hook output priority -100; policy accept;"));
        String from =
                egress.uplink().map(device -> "iifname \"" + device + "\"").orElse("iifname != " + bridge);
        for (String protocol : List.of("tcp", "udp")) {
            String there = protocol + " dport map @published_" + protocol;
            prerouting.add(from + " fib daddr type local dnat ip to " + there);
            output.add("ip daddr != 127.0.0.0/8 fib daddr type local dnat ip to " + there);
        }
        chains.put("prerouting", prerouting);
        chains.put("output", output);
        if (!egress.isOpen()) {
            // Here, since a host that passes nothing on drops it before its forward hook; behind connection tracking.
            chains.put(
                    "closed",
                    List.of(
                            "type filter hook prerouting priority -150; policy accept;",
                            "iifname " + bridge + " ct state new ip daddr != " + names.subnet()
                                    + " fib daddr type != { local, broadcast, multicast } " + TELL));
        }
        List<String> postrouting = new ArrayList<>(List.of("type nat hook postrouting priority 100; policy accept;"));
        if (egress.masquerade()) {
            postrouting.add("ip saddr " + names.subnet() + " oifname " + out(bridge) + " masquerade");
        }
        chains.put("postrouting", postrouting);
        chains.put("forward", forward(bridge));
        chains.put(
                "input",
                List.of(
                        "type filter hook input priority 0; policy accept;",
                        "iifname " + bridge + " ct state established,related accept",
                        "iifname " + bridge + " ip daddr " + names.host() + " icmp type echo-request accept",
                        "iifname " + bridge + " drop"));
        return chains;
    }

    private List<String> forward(String bridge) {
        List<String> rules = new ArrayList<>();
        rules.add("type filter hook forward priority 0; policy accept;");
        // Frames between peers come by here as well where the host has br_netfilter.
        rules.add("iifname " + bridge + " oifname " + bridge + " ip saddr . ip daddr @peers accept");
        rules.add("iifname " + bridge + " oifname " + bridge + " drop");
        rules.add("iifname " + bridge + " ct state established,related accept");
        if (egress.isOpen()) {
            rules.add("iifname " + bridge + " oifname " + out(bridge)
                    + " ct state new add @connections { ip saddr ct count over " + CONNECTIONS + " } drop");
            rules.add("iifname " + bridge + " oifname " + out(bridge) + " accept");
        }
        rules.add("iifname " + bridge + " " + TELL);
        rules.add("oifname " + bridge + " ct state established,related accept");
        rules.add("oifname " + bridge + " ct status dnat accept");
        rules.add("oifname " + bridge + " drop");
        return rules;
    }

    private String out(String bridge) {
        return egress.uplink().map(device -> "\"" + device + "\"").orElse("!= " + bridge);
    }

    private List<String> publishedBy(PublishedPort.Protocol protocol) {
        List<String> elements = new ArrayList<>();
        for (Port port : ports) {
            port.publish().stream()
                    .filter(published -> published.protocol() == protocol)
                    .map(published -> published.hostPort() + " : " + port.address() + " . " + published.port())
                    .forEach(elements::add);
        }
        return elements;
    }

    // ---- both

    private interface Naming {
        String of(Port port);
    }

    private List<String> pairs(Naming naming) {
        List<String> pairs = new ArrayList<>();
        for (Port one : ports) {
            for (Port other : ports) {
                if (!one.name().equals(other.name()) && one.isPeerOf(other)) {
                    pairs.add(naming.of(one) + " . " + naming.of(other));
                }
            }
        }
        return pairs;
    }

    private String quoted(Port port) {
        return "\"" + names.link(port.address()) + "\"";
    }

    /** Those whom a partition finds by name: its peers, by address. */
    List<Port> peersOf(PartitionName partition) {
        return ports.stream()
                .filter(port -> port.name().equals(partition))
                .flatMap(port ->
                        ports.stream().filter(other -> !other.name().equals(port.name()) && other.isPeerOf(port)))
                .toList();
    }
}
