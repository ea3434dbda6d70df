package io.bulkhead.settings;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the values of the section {@code api}. */
final class ApiValues {
    /** The word for "no group" and "no file". */
    static final String NONE = "none";

    /** The word for "not on TCP". */
    static final String OFF = "off";

    private static final Pattern GROUP = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");
    private static final Pattern PLACE =
            Pattern.compile("(localhost|\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+]):(\\d{1,5})");
    private static final Pattern ORIGIN =
            Pattern.compile("https?://([a-z0-9-]+(\\.[a-z0-9-]+)*|\\[[0-9a-f:.]+])(:[1-9]\\d{0,4})?");
    private static final int MOST_PORT = 65_535;

    private ApiValues() {}

    static Set<String> groups(String text) {
        if (text.equals(NONE)) {
            return Set.of();
        }
        List<String> names =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        for (String name : names) {
            if (!GROUP.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is not the name of a group");
            }
        }
        return new LinkedHashSet<>(names);
    }

    static Set<String> origins(String text) {
        if (text.equals(NONE)) {
            return Set.of();
        }
        List<String> all = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        for (String origin : all) {
            if (!ORIGIN.matcher(origin).matches()) {
                throw new IllegalArgumentException(
                        "'" + origin + "' is no origin; it has a scheme, a host in small letters and no path");
            }
        }
        return new LinkedHashSet<>(all);
    }

    static Optional<Settings.Place> place(String text) {
        if (text.equals(OFF)) {
            return Optional.empty();
        }
        Matcher match = PLACE.matcher(text);
        int port = match.matches() ? Integer.parseInt(match.group(2)) : 0;
        if (port < 1 || port > MOST_PORT) {
            throw new IllegalArgumentException("'" + text + "' is no address with a port");
        }
        String host = match.group(1);
        if (Character.isDigit(host.charAt(0))
                && Arrays.stream(host.split("\\.")).anyMatch(part -> Integer.parseInt(part) > 255)) {
            throw new IllegalArgumentException("'" + host + "' is no address");
        }
        return Optional.of(new Settings.Place(host.replaceAll("[\\[\\]]", ""), port));
    }

    static Optional<Path> file(String text) {
        if (text.equals(NONE)) {
            return Optional.empty();
        }
        try {
            Path path = Path.of(text);
            if (!path.isAbsolute()) {
                throw new IllegalArgumentException("'" + text + "' is relative; write the whole path from /");
            }
            return Optional.of(path);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not a path", e);
        }
    }
}
