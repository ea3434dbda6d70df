package io.bulkhead.manager.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The four account files of a generation, made from the host's {@code passwd} and {@code group}: system accounts and
 * {@code nobody}, all locked.
 *
 * <p>Human users (ids 1000 to 59999, Debian policy 9.2.2) and ids beyond the 65,536 of a partition go, also as group
 * members. No password field of the host is ever read: the shadow files are written from the names alone.
 * Formats: passwd(5), group(5), shadow(5), gshadow(5). Pure; any thread.
 *
 * @param passwd new /etc/passwd
 * @param group new /etc/group
 * @param shadow new /etc/shadow, every account locked with {@code *}
 * @param gshadow new /etc/gshadow, the same for groups
 * @param shadowGid id of the group {@code shadow}, or 0 if the host has none
 */
record Accounts(String passwd, String group, String shadow, String gshadow, int shadowGid) {

    private static final int NOGROUP = 65534;

    /** Makes the files from the text of the host's {@code passwd} and {@code group}; malformed lines are left out. */
    static Accounts from(String hostPasswd, String hostGroup) {
        Map<String, List<String>> groups = keptLines(hostGroup, 4, 2);
        Map<String, List<String>> users = keptLines(hostPasswd, 7, 2);
        users.values().removeIf(user -> user.get(2).equals("0") && !user.get(0).equals("root"));
        Set<String> gids = groups.values().stream().map(group -> group.get(2)).collect(Collectors.toSet());

        StringBuilder passwd = new StringBuilder();
        StringBuilder shadow = new StringBuilder();
        for (List<String> user : users.values()) {
            String name = user.get(0);
            user.set(1, "x");
            if (!gids.contains(user.get(3))) {
                user.set(3, String.valueOf(NOGROUP));
            }
            // The comment field of root often names the administrator.
            user.set(4, name.equals("root") ? "root" : user.get(4));
            passwd.append(String.join(":", user)).append('\n');
            // No day of last change: zero would demand a new password, and the host's tells when it was set up.
            shadow.append(name).append(":*:::::::\n");
        }

        StringBuilder group = new StringBuilder();
        StringBuilder gshadow = new StringBuilder();
        for (List<String> line : groups.values()) {
            String members = members(line.get(3), users.keySet());
            group.append(line.get(0))
                    .append(":x:")
                    .append(line.get(2))
                    .append(':')
                    .append(members)
                    .append('\n');
            gshadow.append(line.get(0)).append(":*::").append(members).append('\n');
        }
        int shadowGid = groups.containsKey("shadow")
                ? Integer.parseInt(groups.get("shadow").get(2))
                : 0;
        return new Accounts(passwd.toString(), group.toString(), shadow.toString(), gshadow.toString(), shadowGid);
    }

    /** {@code shadow} with the password field of root set to a crypt(5) hash; the caller has validated it. */
    static String withRootPassword(String shadow, String hash) {
        return shadow.lines()
                .map(line -> line.startsWith("root:*:") ? "root:" + hash + line.substring("root:*".length()) : line)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** Lines by name, in the host's order; the first of two lines with one name wins, as in the C library. */
    private static Map<String, List<String>> keptLines(String text, int fields, int idField) {
        Map<String, List<String>> kept = new LinkedHashMap<>();
        for (String line : text.split("\n")) {
            List<String> parts = new ArrayList<>(List.of(line.split(":", -1)));
            // Names that begin with + or - include NIS maps of the host's network.
            boolean sane = parts.size() == fields
                    && parts.get(0).matches("[A-Za-z0-9_][A-Za-z0-9_.-]*\\$?")
                    && parts.get(idField).matches("[0-9]{1,9}");
            if (sane && !GenerationRules.isForeign(Integer.parseInt(parts.get(idField)))) {
                kept.putIfAbsent(parts.get(0), parts);
            }
        }
        return kept;
    }

    private static String members(String list, Set<String> users) {
        Set<String> kept = new LinkedHashSet<>(Arrays.asList(list.split(",")));
        kept.retainAll(users);
        return String.join(",", kept);
    }
}
