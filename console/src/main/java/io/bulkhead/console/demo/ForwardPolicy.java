package io.bulkhead.console.demo;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What of the host's packet filter stops that it passes packets on. Pure. */
final class ForwardPolicy {
    private static final Pattern TABLE = Pattern.compile("^table (.+?) \\{.*");
    private static final Pattern CHAIN = Pattern.compile("^\\s+chain (\\S+) \\{.*");
    private static final Pattern DROPS = Pattern.compile(".*hook forward .*policy drop;.*");

    private ForwardPolicy() {}

    /**
     * A chain that drops by default what is passed on.
     *
     * @param chains as {@code nft list chains} prints them
     */
    static Optional<String> thatDrops(String chains) {
        String table = "";
        String chain = "";
        for (String line : chains.lines().toList()) {
            Matcher ofTable = TABLE.matcher(line);
            Matcher ofChain = CHAIN.matcher(line);
            if (ofTable.matches()) {
                table = ofTable.group(1);
            } else if (ofChain.matches()) {
                chain = ofChain.group(1);
            } else if (DROPS.matcher(line).matches()) {
                return Optional.of("table " + table + ", chain " + chain);
            }
        }
        return Optional.empty();
    }
}
