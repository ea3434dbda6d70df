package io.bulkhead.broker.inventory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is mounted in the namespace of this process; proc_pid_mountinfo(5).
 *
 * @param all in the order of the file: what is mounted over something else comes later
 */
record Mounts(List<Mount> all) {
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    /**
     * A mount.
     *
     * @param device major and minor number; major 0 where no single block device is behind it
     * @param root the directory of the file system that shows
     * @param point where it is
     * @param type of file system
     * @param source what it was mounted from, in the file system's own words
     * @param options of the file system itself
     */
    record Mount(String device, String root, String point, String type, String source, List<String> options) {}

    Mounts {
        all = List.copyOf(all);
    }

    /** Reads {@code /proc/self/mountinfo}; none where there is no such file. */
    static Mounts read(KernelFiles files) {
        Path file = files.at("proc/self/mountinfo");
        List<Mount> mounts = new ArrayList<>();
        files.text(file)
                .orElse("")
                .lines()
                .filter(line -> !line.isBlank())
                .forEach(line -> mounts.add(parse(file, line)));
        return new Mounts(mounts);
    }

    private static Mount parse(Path file, String line) {
        String[] halves = line.split(" - ", 2);
        String[] left = halves[0].split(" ", -1);
        String[] right = halves.length < 2 ? new String[0] : halves[1].split(" ", -1);
        if (left.length < 6 || right.length < 2) {
            throw InventoryException.malformed(file, "'" + line + "' is not a line as proc_pid_mountinfo(5) has it");
        }
        return new Mount(
                left[2],
                unescaped(left[3]),
                unescaped(left[4]),
                right[0],
                unescaped(right[1]),
                right.length < 3 ? List.of() : Arrays.asList(right[2].split(",", -1)));
    }

    /** What a path of the host lies on: the innermost mount, and of several on one directory the last. */
    Optional<Mount> of(String path) {
        Mount best = null;
        for (Mount mount : all) {
            boolean covers =
                    mount.point().equals("/") || path.equals(mount.point()) || path.startsWith(mount.point() + "/");
            if (covers
                    && (best == null || mount.point().length() >= best.point().length())) {
                best = mount;
            }
        }
        return Optional.ofNullable(best);
    }

    /** The mounts of a type of file system. */
    List<Mount> ofType(String type) {
        return all.stream().filter(mount -> mount.type().equals(type)).toList();
    }

    private static String unescaped(String text) {
        return text.indexOf('\\') < 0
                ? text
                : OCTAL.matcher(text)
                        .replaceAll(found ->
                                Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(1), 8))));
    }
}
