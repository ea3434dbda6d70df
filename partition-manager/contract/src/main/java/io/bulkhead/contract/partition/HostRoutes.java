package io.bulkhead.contract.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which IPv4 addresses a host reaches, and which are its own, as the kernel's files say: {@code /proc/net/route} and
 * {@code /proc/net/fib_trie}. Only the main and the local table; who routes by others knows what he does. Pure.
 *
 * @param routes of the main table
 * @param addresses the host's own
 */
public record HostRoutes(List<Route> routes, List<Ipv4Address> addresses) {
    private static final Pattern OWN_ADDRESS = Pattern.compile("\\|-- (\\S+)\\n\\s*/32 host LOCAL");

    /** Target and mask stand in these columns of a line of {@code /proc/net/route}. */
    private static final int TARGET = 1;

    private static final int MASK = 7;

    public HostRoutes {
        routes = List.copyOf(routes);
        addresses = List.copyOf(addresses);
    }

    /**
     * A route.
     *
     * @param target where it leads
     * @param device by which interface
     */
    public record Route(Ipv4Subnet target, String device) {
        public boolean isDefault() {
            return target.prefix() == 0;
        }
    }

    /** Reads the text of both files; lines that are not understood are passed over. */
    public static HostRoutes parse(String routeFile, String fibTrie) {
        List<Route> routes = new ArrayList<>();
        routeFile.lines().skip(1).forEach(line -> {
            String[] words = line.split("\\s+");
            if (words.length > MASK) {
                long mask = number(words[MASK]);
                routes.add(new Route(
                        new Ipv4Subnet(new Ipv4Address(number(words[TARGET]) & mask), Long.bitCount(mask)), words[0]));
            }
        });
        List<Ipv4Address> addresses = new ArrayList<>();
        // The file shows a merged table twice.
        Matcher own = OWN_ADDRESS.matcher(fibTrie);
        while (own.find()) {
            Ipv4Address address = Ipv4Address.parse(own.group(1));
            if (!addresses.contains(address)) {
                addresses.add(address);
            }
        }
        return new HostRoutes(routes, addresses);
    }

    /** In the file its bytes stand in the order of the network, read as a number of a machine that counts from the low one. */
    private static long number(String hex) {
        return Integer.toUnsignedLong(Integer.reverseBytes(Integer.parseUnsignedInt(hex, 16)));
    }

    /**
     * What of the host is not apart from a subnet that is to be ours alone, in words like "the host has a route to
     * 10.77.0.0/16 by eth1"; empty where nothing is. The default route leads everywhere and does not count.
     *
     * @param ours the interface that leads there rightly, if it is there: then the host has the first address on it
     */
    public Optional<String> collisionWith(Ipv4Subnet subnet, Optional<String> ours) {
        for (Route route : routes) {
            if (!route.isDefault()
                    && !ours.equals(Optional.of(route.device()))
                    && route.target().overlaps(subnet)) {
                return Optional.of("the host has a route to " + route.target() + " by " + route.device());
            }
        }
        return addresses.stream()
                .filter(subnet::contains)
                .filter(address -> ours.isEmpty() || subnet.numberOf(address) != 1)
                .findFirst()
                .map(address -> "the host has the address " + address);
    }
}
