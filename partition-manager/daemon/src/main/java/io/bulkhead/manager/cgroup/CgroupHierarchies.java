package io.bulkhead.manager.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which control group hierarchies are mounted where; proc(5) {@code mountinfo}, cgroups(7) {@code /proc/cgroups}.
 *
 * @param v1 the mounted version 1 hierarchies in the order of their mounts, each once
 * @param unified the version 2 hierarchy, where it is mounted
 * @param known the controllers that this kernel has and that are not disabled
 */
public record CgroupHierarchies(List<Hierarchy> v1, Optional<Unified> unified, Set<String> known) {
    /**
     * A mounted version 1 hierarchy.
     *
     * @param controllers those mounted together here, empty for a named hierarchy
     * @param name of a named hierarchy ({@code systemd})
     * @param mount where it is mounted
     * @param root the group that the mount shows, {@code /} for the whole hierarchy
     */
    public record Hierarchy(List<String> controllers, Optional<String> name, Path mount, String root) {
        public Hierarchy {
            controllers = List.copyOf(controllers);
        }

        /** What stands for it in {@code /proc/PID/cgroup}: {@code cpu,cpuacct} or {@code name=systemd}. */
        public String label() {
            return name.map(word -> "name=" + word).orElseGet(() -> String.join(",", controllers));
        }
    }

    /**
     * The mounted version 2 hierarchy.
     *
     * @param mount where it is mounted
     * @param controllers those that are available in it
     * @param options it is mounted with, like {@code nsdelegate}
     */
    public record Unified(Path mount, List<String> controllers, Set<String> options) {
        public Unified {
            controllers = List.copyOf(controllers);
            options = Set.copyOf(options);
        }
    }

    /** What the host has. */
    public enum Kind {
        V1,
        HYBRID,
        V2;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

    public CgroupHierarchies {
        v1 = List.copyOf(v1);
        known = Set.copyOf(known);
    }

    /**
     * Reads what the calling process sees.
     *
     * @param root {@code /}, or the root of a tree that imitates it
     */
    public static CgroupHierarchies read(Path root) {
        try {
            CgroupHierarchies mounted = parse(
                    Files.readString(root.resolve("proc/self/mountinfo")),
                    Files.readString(root.resolve("proc/cgroups")));
            if (mounted.unified().isEmpty()) {
                return mounted;
            }
            Unified bare = mounted.unified().get();
            String controllers = Files.readString(bare.mount().resolve("cgroup.controllers"));
            return new CgroupHierarchies(
                    mounted.v1(),
                    Optional.of(new Unified(bare.mount(), words(controllers, " "), bare.options())),
                    mounted.known());
        } catch (IOException e) {
            throw new CgroupException("find the control group hierarchies: " + e.getMessage(), e);
        }
    }

    /**
     * Reads the two texts; the controllers of the version 2 hierarchy are in neither and stay empty.
     *
     * @param mountinfo of {@code /proc/self/mountinfo}
     * @param cgroups of {@code /proc/cgroups}
     */
    public static CgroupHierarchies parse(String mountinfo, String cgroups) {
        Set<String> known = knownControllers(cgroups);
        Map<String, Hierarchy> byLabel = new HashMap<>();
        List<String> order = new ArrayList<>();
        Optional<Unified> unified = Optional.empty();
        for (String line : mountinfo.split("\n", -1)) {
            int dash = line.indexOf(" - ");
            if (dash < 0) {
                continue;
            }
            String[] left = line.substring(0, dash).split(" ", -1);
            String[] right = line.substring(dash + 3).split(" ", -1);
            Path mount = Path.of(unescape(left[4]));
            if (right[0].equals("cgroup2") && unified.isEmpty()) {
                unified = Optional.of(new Unified(mount, List.of(), Set.copyOf(words(right[2], ","))));
            } else if (right[0].equals("cgroup")) {
                Hierarchy found = hierarchy(right[2], known, mount, unescape(left[3]));
                Hierarchy before = byLabel.putIfAbsent(found.label(), found);
                if (before == null) {
                    order.add(found.label());
                } else if (!before.root().equals("/") && found.root().equals("/")) {
                    // The same hierarchy may be mounted several times; the whole one is preferred to a part.
                    byLabel.put(found.label(), found);
                }
            }
        }
        return new CgroupHierarchies(order.stream().map(byLabel::get).toList(), unified, known);
    }

    /** The mounted version 1 hierarchy of a controller. */
    public Optional<Hierarchy> of(String controller) {
        return v1.stream()
                .filter(hierarchy -> hierarchy.controllers().contains(controller))
                .findFirst();
    }

    /** The named hierarchy that systemd keeps its units in. */
    public Optional<Hierarchy> systemd() {
        return v1.stream()
                .filter(hierarchy -> hierarchy.name().equals(Optional.of("systemd")))
                .findFirst();
    }

    public Kind kind() {
        boolean controllersOnV1 =
                v1.stream().anyMatch(hierarchy -> !hierarchy.controllers().isEmpty());
        if (unified.isEmpty()) {
            return Kind.V1;
        }
        return controllersOnV1 ? Kind.HYBRID : Kind.V2;
    }

    private static Hierarchy hierarchy(String superOptions, Set<String> known, Path mount, String root) {
        List<String> options = words(superOptions, ",");
        Optional<String> name = options.stream()
                .filter(option -> option.startsWith("name="))
                .map(option -> option.substring("name=".length()))
                .findFirst();
        return new Hierarchy(options.stream().filter(known::contains).toList(), name, mount, root);
    }

    private static Set<String> knownControllers(String cgroups) {
        Set<String> known = new LinkedHashSet<>();
        for (String line : cgroups.split("\n", -1)) {
            String[] fields = line.split("\\s+", -1);
            if (fields.length >= 4 && !fields[0].startsWith("#") && fields[3].equals("1")) {
                known.add(fields[0]);
            }
        }
        return known;
    }

    private static List<String> words(String text, String separator) {
        return Arrays.stream(text.strip().split(separator, -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Turns {@code \040} and the like back into characters; proc(5). */
    private static String unescape(String field) {
        Matcher matcher = ESCAPE.matcher(field);
        StringBuilder text = new StringBuilder();
        while (matcher.find()) {
            String character = String.valueOf((char) Integer.parseInt(matcher.group(1), 8));
            matcher.appendReplacement(text, Matcher.quoteReplacement(character));
        }
        return matcher.appendTail(text).toString();
    }
}
