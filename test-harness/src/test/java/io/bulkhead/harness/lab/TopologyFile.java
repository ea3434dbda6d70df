package io.bulkhead.harness.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sections of keys, read strictly: each key that is asked for must be there once, and no other may be. Faults gather until
 * {@link #refuseFaults}.
 */
final class TopologyFile {
    private static final Pattern SECTION = Pattern.compile("\\[([a-z]+)]");
    private static final Pattern ENTRY = Pattern.compile("([a-z]+) = (\\S+)");
    private static final int MOST = 64;

    private final String source;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();

    private record Entry(int line, String value) {}

    TopologyFile(String source, String text) {
        this.source = source;
        String section = "";
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            Matcher header = SECTION.matcher(line);
            Matcher entry = ENTRY.matcher(line);
            if (header.matches()) {
                section = header.group(1);
            } else if (entry.matches()) {
                add(i + 1, section + "." + entry.group(1), entry.group(2));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                faults.add(at(i + 1) + "'" + line + "' is neither [section] nor key = value nor a # comment");
            }
        }
    }

    private void add(int line, String key, String value) {
        Entry first = entries.putIfAbsent(key, new Entry(line, value));
        if (first != null) {
            faults.add(at(line) + key + " stands twice, first in line " + first.line());
        }
    }

    /** A count from 1 to 64. */
    int count(String key) {
        return value(
                key,
                text -> {
                    int count = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
                    if (count < 1 || count > MOST) {
                        throw new IllegalArgumentException(text + " is not within 1 to " + MOST);
                    }
                    return count;
                },
                1);
    }

    /** The value of a key; what stands in for it when it has a fault. */
    <T> T value(String key, Function<String, T> parser, T standIn) {
        Entry entry = entries.remove(key);
        if (entry == null) {
            faults.add(source + ": " + key + " is missing");
            return standIn;
        }
        try {
            return parser.apply(entry.value());
        } catch (IllegalArgumentException e) {
            faults.add(at(entry.line()) + key + ": " + e.getMessage());
            return standIn;
        }
    }

    /** Ends the reading: keys that nobody asked for are faults. */
    void refuseFaults() {
        entries.forEach((key, entry) -> faults.add(at(entry.line()) + "there is no such key: " + key));
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", faults));
        }
    }

    private String at(int line) {
        return source + ":" + line + ": ";
    }
}
