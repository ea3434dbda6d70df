package io.bulkhead.console.checks;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of proc_pid_mountinfo(5).
 *
 * @param device major and minor number
 * @param point where it is mounted
 * @param type of file system
 * @param options of the file system itself: for cgroup version 1 its controllers are among them
 */
record MountLine(String device, String point, String type, List<String> options) {
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    static Optional<MountLine> parse(String line) {
        String[] halves = line.split(" - ", 2);
        String[] first = halves[0].split(" ");
        if (halves.length < 2 || first.length < 5) {
            return Optional.empty();
        }
        String[] second = halves[1].split(" ");
        return Optional.of(new MountLine(
                first[2],
                unescape(first[4]),
                second[0],
                second.length < 3 ? List.of() : Arrays.asList(second[2].split(","))));
    }

    private static String unescape(String text) {
        Matcher matcher = OCTAL.matcher(text);
        return matcher.replaceAll(
                found -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(1), 8))));
    }
}
