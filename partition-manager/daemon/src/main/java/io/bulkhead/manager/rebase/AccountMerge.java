package io.bulkhead.manager.rebase;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Merges passwd(5), group(5), shadow(5) and gshadow(5) account by account: a partition that has made a user of its own still
 * gets the system account that a package of the host's has brought. Pure.
 *
 * @param text what comes out
 * @param conflicts accounts that both sides have changed differently, or whose number both have given away; the text is of
 *     no use then
 */
record AccountMerge(String text, List<String> conflicts) {
    static final Set<String> FILES = Set.of("etc/passwd", "etc/group", "etc/shadow", "etc/gshadow");

    /** Field of the number in passwd and group; shadow files have none. */
    private static final int ID = 2;

    static AccountMerge of(String path, String base, String own, String fresh) {
        Map<String, String> was = lines(base);
        Map<String, String> mine = lines(own);
        Map<String, String> theirs = lines(fresh);
        Map<String, String> merged = new LinkedHashMap<>();
        List<String> conflicts = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>(mine.keySet());
        names.addAll(theirs.keySet());
        for (String name : names) {
            @Nullable String before = was.get(name);
            @Nullable String here = mine.get(name);
            @Nullable String there = theirs.get(name);
            if (Objects.equals(before, here) || Objects.equals(here, there)) {
                keep(merged, name, there);
            } else if (Objects.equals(before, there)) {
                keep(merged, name, here);
            } else {
                conflicts.add("account " + RawNames.shown(name) + " changed on both sides");
            }
        }
        if (path.equals("etc/passwd") || path.equals("etc/group")) {
            addClashes(merged, mine, theirs, conflicts);
        }
        StringBuilder text = new StringBuilder();
        merged.values().forEach(line -> text.append(line).append('\n'));
        return new AccountMerge(text.toString(), conflicts);
    }

    private static void keep(Map<String, String> merged, String name, @Nullable String line) {
        if (line != null) {
            merged.put(name, line);
        }
    }

    /** Two names of one number are one account: whoever has it first would own the other's files. */
    private static void addClashes(
            Map<String, String> merged, Map<String, String> mine, Map<String, String> theirs, List<String> conflicts) {
        Map<String, String> owners = new LinkedHashMap<>();
        merged.forEach((name, line) -> number(line).ifPresent(number -> {
            String first = owners.putIfAbsent(number, name);
            boolean isNew = first != null
                    && !(mine.containsKey(first) && mine.containsKey(name))
                    && !(theirs.containsKey(first) && theirs.containsKey(name));
            if (isNew) {
                conflicts.add("number " + RawNames.shown(number) + " belongs to " + RawNames.shown(first) + " and "
                        + RawNames.shown(name));
            }
        }));
    }

    private static Optional<String> number(String line) {
        String[] fields = line.split(":", -1);
        return fields.length > ID ? Optional.of(fields[ID]) : Optional.empty();
    }

    private static Map<String, String> lines(String text) {
        Map<String, String> lines = new LinkedHashMap<>();
        text.lines().filter(line -> !line.isEmpty()).forEach(line -> lines.putIfAbsent(line.split(":", 2)[0], line));
        return lines;
    }
}
