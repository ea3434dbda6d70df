package io.bulkhead.manager.generation;

import io.bulkhead.contract.generation.PackageChange;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The packages that a host has, as dpkg(1) says in {@code /var/lib/dpkg/status}: {@code name:architecture} to version.
 *
 * <p>A partition's {@code /usr} is the host's, so its configuration is of the packages of one day and its programs of those
 * of today. In a generation the list is the file {@code packages}, one line each. Pure but for {@link #read}; any thread.
 */
public final class HostPackages {
    private static final String STATUS = "var/lib/dpkg/status";

    /** Longer names and versions are no package's. */
    private static final int LONGEST = 120;

    private HostPackages() {}

    /** Where dpkg keeps what it has installed. */
    public static Path statusFile(Path hostRoot) {
        return hostRoot.resolve(STATUS);
    }

    /** The packages of a host; empty where it has no dpkg. */
    public static SortedMap<String, String> read(Path hostRoot) throws IOException {
        Path status = statusFile(hostRoot);
        SortedMap<String, String> packages = new TreeMap<>();
        if (!Files.isRegularFile(status, LinkOption.NOFOLLOW_LINKS)) {
            return packages;
        }
        try (BufferedReader lines = Files.newBufferedReader(status, StandardCharsets.ISO_8859_1)) {
            Paragraph paragraph = new Paragraph();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    paragraph.addTo(packages);
                    paragraph = new Paragraph();
                } else {
                    paragraph.take(line);
                }
            }
            paragraph.addTo(packages);
        }
        return packages;
    }

    /** One package of the file, deb822(5); what is installed counts, what is only configured or half gone does not. */
    private static final class Paragraph {
        private String name = "";
        private String architecture = "";
        private String version = "";
        private boolean installed;

        void take(String line) {
            if (line.startsWith("Package: ")) {
                name = value(line);
            } else if (line.startsWith("Architecture: ")) {
                architecture = value(line);
            } else if (line.startsWith("Version: ")) {
                version = value(line);
            } else if (line.startsWith("Status: ")) {
                installed = line.endsWith(" installed");
            }
        }

        private static String value(String line) {
            return line.substring(line.indexOf(' ') + 1).strip();
        }

        void addTo(SortedMap<String, String> packages) {
            boolean sane = !name.isEmpty()
                    && name.length() + architecture.length() < LONGEST
                    && version.length() < LONGEST
                    && (name + architecture + version).chars().allMatch(c -> c > ' ' && c < 0x7f);
            if (installed && sane) {
                packages.put(name + ":" + architecture, version);
            }
        }
    }

    /** The file of a generation. */
    static String text(SortedMap<String, String> packages) {
        StringBuilder text = new StringBuilder();
        packages.forEach(
                (name, version) -> text.append(name).append(' ').append(version).append('\n'));
        return text.toString();
    }

    /** Reads the file of a generation; malformed lines are left out. */
    static SortedMap<String, String> parse(String text) {
        SortedMap<String, String> packages = new TreeMap<>();
        text.lines().forEach(line -> {
            int space = line.indexOf(' ');
            if (space > 0) {
                packages.put(line.substring(0, space), line.substring(space + 1));
            }
        });
        return packages;
    }

    /** What has moved, by name. */
    public static List<PackageChange> moved(SortedMap<String, String> was, SortedMap<String, String> is) {
        TreeSet<String> names = new TreeSet<>(was.keySet());
        names.addAll(is.keySet());
        List<PackageChange> moved = new ArrayList<>();
        for (String name : names) {
            Optional<String> before = Optional.ofNullable(was.get(name));
            Optional<String> now = Optional.ofNullable(is.get(name));
            if (!before.equals(now)) {
                moved.add(new PackageChange(name, before, now));
            }
        }
        return moved;
    }
}
