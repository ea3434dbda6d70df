package io.bulkhead.manager.network;

import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instance's tables in the host's packet filter: replaced as a whole, read back, and looked after. A change by
 * anybody (a firewall that is loaded anew flushes everything) shows in the kernel's generation number; then the tables are
 * read, and applied again where they are not what they were. For one thread at a time, but {@link #fault()}.
 */
final class Firewall {
    private static final Logger LOG = LoggerFactory.getLogger(Firewall.class);
    private static final List<String> FAMILIES = List.of("bridge", "ip");

    private final NetworkTools tools;
    private final NetworkNames names;
    private final Netlink netlink;

    private @Nullable RuleSet applied;
    private String shown = "";
    private long generation = -1;
    private volatile Optional<String> fault = Optional.empty();

    Firewall(NetworkTools tools, NetworkNames names, Netlink netlink) {
        this.tools = tools;
        this.names = names;
        this.netlink = netlink;
    }

    /** Why the tables are not as they have to be; empty while they are. Any thread. */
    Optional<String> fault() {
        return fault;
    }

    /** Puts these rules in the place of what was there, in one transaction, and reads them back. */
    void apply(RuleSet rules) {
        tools.run(List.of("nft", "-f", "-"), rules.render());
        long seen = netlink.rulesGeneration();
        Map<String, Integer> found = new TreeMap<>();
        String text = read(found);
        Map<String, Integer> wanted = new TreeMap<>(rules.counts());
        if (!found.equals(wanted)) {
            throw new NetworkException(
                    "nft: the kernel shows other rules than those it has taken: " + found + " instead of " + wanted);
        }
        applied = rules;
        shown = text;
        generation = seen;
        fault = Optional.empty();
    }

    /** Whether somebody has changed any rule of the host since these were read: cheap. */
    boolean isToBeLookedAt() {
        return applied != null && netlink.rulesGeneration() != generation;
    }

    /** Reads the tables, and applies them again where they have changed; returns what was wrong. */
    Optional<String> look() {
        RuleSet rules = applied;
        if (rules == null) {
            return Optional.empty();
        }
        long seen = netlink.rulesGeneration();
        Optional<String> wrong = difference();
        if (wrong.isEmpty()) {
            generation = seen;
            fault = Optional.empty();
            return wrong;
        }
        fault = wrong;
        LOG.atWarn()
                .addKeyValue("instance", names.alias())
                .addKeyValue("reason", wrong.get())
                .log("Somebody else has changed the packet filter of the partitions; applying it again");
        apply(rules);
        return wrong;
    }

    private Optional<String> difference() {
        try {
            return read(new TreeMap<>()).equals(shown)
                    ? Optional.empty()
                    : Optional.of("the tables " + names.table() + " of the packet filter were changed");
        } catch (NetworkException e) {
            return Optional.of(
                    "the tables " + names.table() + " of the packet filter cannot be read: " + e.getMessage());
        }
    }

    /** Takes the tables away, whether they are there or not. */
    void remove() {
        applied = null;
        fault = Optional.empty();
        tools.run(List.of("nft", "-f", "-"), RuleSet.removal(names));
    }

    /** Whether tables of this name are there. */
    boolean isThere() {
        return tools.run(List.of("nft", "list", "tables")).lines().anyMatch(line -> line.endsWith(" " + names.table()));
    }

    /** The tables as the kernel has them, without what changes by itself; counts rules by chain and elements by set. */
    private String read(Map<String, Integer> counts) {
        StringBuilder text = new StringBuilder();
        for (String family : FAMILIES) {
            String shows = tools.run(List.of("nft", "-j", "list", "table", family, names.table()));
            for (Json item : array(JsonReader.read(shows), "nftables")) {
                if (item instanceof Json.Obj object) {
                    object.members().forEach((kind, content) -> take(family, kind, content, counts, text));
                }
            }
        }
        return text.toString();
    }

    private static void take(
            String family, String kind, Json content, Map<String, Integer> counts, StringBuilder text) {
        if (!(content instanceof Json.Obj object) || kind.equals("metainfo")) {
            return;
        }
        Map<String, Json> members = new LinkedHashMap<>(object.members());
        members.remove("handle");
        boolean dynamic = members.containsKey("size");
        if (dynamic) {
            members.remove("elem");
        } else if (members.containsKey("elem")) {
            // In whatever order the kernel keeps them.
            members.put(
                    "elem",
                    Json.of(array(object, "elem").stream()
                            .map(Json::toString)
                            .sorted()
                            .toList()
                            .toString()));
        }
        text.append(family)
                .append(' ')
                .append(kind)
                .append(' ')
                .append(new Json.Obj(members))
                .append('\n');
        if (kind.equals("rule")) {
            counts.merge(family + " chain " + word(object, "chain"), 1, Integer::sum);
        } else if (kind.equals("chain")) {
            counts.merge(family + " chain " + word(object, "name"), 0, Integer::sum);
        } else if (!dynamic && (kind.equals("set") || kind.equals("map"))) {
            counts.put(
                    family + " " + kind + " " + word(object, "name"),
                    array(object, "elem").size());
        }
    }

    private static List<Json> array(Json of, String member) {
        return of instanceof Json.Obj object && object.members().get(member) instanceof Json.Array array
                ? array.items()
                : List.of();
    }

    private static String word(Json.Obj object, String member) {
        return object.members().get(member) instanceof Json.Text text ? text.value() : "";
    }
}
