package io.bulkhead.manager.generation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the rules must know of the host before they look at single files: its accounts and the values that identify it.
 *
 * <p>Secret values are held only to recognise them elsewhere; {@link #toString} does not print them.
 *
 * @param passwd text of /etc/passwd
 * @param group text of /etc/group
 * @param hostname first label of the host's name, in small letters, empty if it has none
 * @param markers values that no file of a generation may hold
 */
record HostFacts(String passwd, String group, String hostname, Set<String> markers) {

    /** Shorter values would be found in innocent files by chance. */
    private static final int SHORTEST_MARKER = 8;

    private static final Pattern HASH = Pattern.compile("^[^:\\n]*:[!]*([^:\\n]{13,}):", Pattern.MULTILINE);

    private static final Pattern MACHINE_ID =
            Pattern.compile("([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})");

    /** Reads the facts below a root; a file that is missing counts as empty. */
    static HostFacts read(Path root) throws IOException {
        Set<String> markers = new TreeSet<>();
        for (String file : List.of("etc/machine-id", "var/lib/dbus/machine-id")) {
            String id = text(root, file).strip();
            markers.add(id);
            Matcher parts = MACHINE_ID.matcher(id);
            if (parts.matches()) {
                markers.add(parts.replaceAll("$1-$2-$3-$4-$5"));
            }
        }
        for (String file : List.of("etc/shadow", "etc/shadow-", "etc/gshadow", "etc/gshadow-", "etc/passwd")) {
            HASH.matcher(text(root, file)).results().forEach(hash -> markers.add(hash.group(1)));
        }
        for (String file : List.of("etc/nvme/hostnqn", "etc/nvme/hostid")) {
            markers.add(text(root, file).strip());
        }
        text(root, "etc/iscsi/initiatorname.iscsi")
                .lines()
                .filter(line -> line.startsWith("InitiatorName="))
                .forEach(line ->
                        markers.add(line.substring("InitiatorName=".length()).strip()));
        addHostKeys(root, markers);

        String fullName = text(root, "etc/hostname").strip();
        String hostname = fullName.split("\\.", 2)[0].toLowerCase(Locale.ROOT);
        addFullNames(fullName, hostname, text(root, "etc/hosts"), markers);
        markers.removeIf(marker -> marker.length() < SHORTEST_MARKER);
        return new HostFacts(text(root, "etc/passwd"), text(root, "etc/group"), hostname, Set.copyOf(markers));
    }

    @Override
    public String toString() {
        return "HostFacts[" + markers.size() + " markers]";
    }

    private static void addHostKeys(Path root, Set<String> markers) throws IOException {
        Path ssh = root.resolve("etc/ssh");
        if (!Files.isDirectory(ssh, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> keys = Files.newDirectoryStream(ssh, "ssh_host_*.pub")) {
            for (Path key : keys) {
                String[] words =
                        Files.readString(key, StandardCharsets.ISO_8859_1).split("\\s+");
                if (words.length > 1) {
                    markers.add(words[1]);
                }
            }
        }
    }

    /** Names with a dot, of the host itself: a bare "db" or "vm" is a word like any other. */
    private static void addFullNames(String fullName, String hostname, String hosts, Set<String> markers) {
        if (fullName.contains(".")) {
            markers.add(fullName);
        }
        if (hostname.isEmpty() || hostname.equals("localhost")) {
            return;
        }
        for (String line : hosts.split("\n")) {
            for (String word : line.replaceFirst("#.*", "").strip().split("\\s+")) {
                if (word.toLowerCase(Locale.ROOT).startsWith(hostname + ".")) {
                    markers.add(word);
                }
            }
        }
    }

    private static String text(Path root, String path) throws IOException {
        Path file = root.resolve(path);
        // A link is followed by nobody here: /var/lib/dbus/machine-id is one to /etc/machine-id, read already.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return "";
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
