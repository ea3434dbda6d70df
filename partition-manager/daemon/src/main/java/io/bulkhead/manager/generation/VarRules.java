package io.bulkhead.manager.generation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which directories of the host's {@code /var} make the skeleton: directories only, two levels below the top ones, and
 * none whose name itself tells something about the host.
 *
 * <p>Pure; any thread.
 */
final class VarRules {

    /** Levels kept below /var/lib, /var/cache, /var/log and /var/spool: {@code lib/apt/lists} is the deepest. */
    static final int DEPTH = 2;

    private static final Set<String> SKELETON = Set.of("var/lib", "var/cache", "var/log", "var/spool");

    /** Reviewed files: login(1), last(1) and utmp want them to exist, and they start empty. */
    private static final Set<String> EMPTY_FILES = Set.of("var/log/wtmp", "var/log/btmp", "var/log/lastlog");

    /** Links that only say where a thing has its other name. */
    private static final Map<String, Set<String>> LINKS = Map.of("var/spool/mail", Set.of("../mail", "/var/mail"));

    /** Machine ids, UUIDs, container ids and checksums: twelve or more hex digits in a row, dashes and colons between. */
    private static final Pattern ID = Pattern.compile(".*[0-9a-f](?:[-:_]?[0-9a-f]){11}.*");

    private static final Pattern DIGIT = Pattern.compile(".*[0-9].*");

    private final String hostname;

    /** Rules for the host of this name, which may be empty if the host has none. */
    VarRules(String hostname) {
        this.hostname = hostname.toLowerCase(Locale.ROOT);
    }

    /** Decides about one path at or below {@code var}. */
    Decision decide(HostEntry entry) {
        String path = entry.path();
        if (EMPTY_FILES.contains(path) && entry.type() == HostEntry.Type.FILE) {
            return Decision.empty("records of the host's logins");
        }
        if (LINKS.getOrDefault(path, Set.of()).contains(entry.linkTarget())) {
            return Decision.KEEP;
        }
        if (!entry.isDirectory()) {
            return Decision.drop("only directories of /var make the skeleton");
        }
        if (path.equals("var") || SKELETON.contains(path)) {
            return Decision.KEEP;
        }
        if (SKELETON.stream().noneMatch(top -> path.startsWith(top + "/"))) {
            return Decision.drop("not part of the /var skeleton");
        }
        if (tellsAboutHost(entry.name())) {
            return Decision.drop("the name itself tells about the host");
        }
        if (GenerationRules.isForeign(entry.uid()) || GenerationRules.isForeign(entry.gid())) {
            return Decision.drop("belongs to a human user of the host");
        }
        if (depth(path) >= DEPTH) {
            return Decision.empty("the skeleton is " + DEPTH + " levels deep");
        }
        return entry.isReadableByAll() ? Decision.KEEP : Decision.empty("not readable by everybody on the host");
    }

    private boolean tellsAboutHost(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        // Without the digit "deadbeefface" style words such as "accessed-facade" would count.
        if (ID.matcher(lower).matches() && DIGIT.matcher(lower).matches()) {
            return true;
        }
        return !hostname.isEmpty() && Arrays.asList(lower.split("[^a-z0-9-]+")).contains(hostname);
    }

    private static int depth(String path) {
        return (int) path.chars().filter(c -> c == '/').count() - 1;
    }
}
