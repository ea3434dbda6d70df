package io.bulkhead.settings;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.fault.Place;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.configuration2.INIConfiguration;
import org.apache.commons.configuration2.convert.DisabledListDelimiterHandler;
import org.apache.commons.configuration2.ex.ConfigurationException;

/**
 * One INI file, read strictly. Commons Configuration reads the values; this class knows the lines, which Commons
 * forgets, and lets pass only what can be read in one way: what Commons would take silently (keys before a section,
 * quotes, continued lines, comments behind values, repeated keys and sections) is a fault here.
 */
final class IniFile {
    private static final Pattern SECTION = Pattern.compile("\\[([^\\[\\]]*)]");
    private static final Pattern ENTRY = Pattern.compile("([^=]*?)\\s*=\\s*(.*)");
    private static final Pattern COMMENT_BEHIND = Pattern.compile("(^|.*\\s)[#;].*");

    private final String source;
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Map<String, Integer> sections = new LinkedHashMap<>();
    private final List<Fault> faults = new ArrayList<>();
    private final StringBuilder accepted = new StringBuilder();

    /** The section of the current line; empty before the first one and inside those that are not known. */
    private String section = "";

    private boolean sectionSeen;

    /**
     * Reads the text of a file.
     *
     * @param source what places are called by
     */
    IniFile(String source, String text) {
        this.source = source;
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            readLine(Place.of(source, i + 1), lines.get(i).trim());
        }
    }

    /** What is wrong with the file's form, in the order of lines. */
    List<Fault> faults() {
        return List.copyOf(faults);
    }

    /** Where each known key stands, by its path. */
    Map<String, Place> places() {
        return places;
    }

    /** The values of the keys in {@link #places}, by Commons Configuration, without interpolation or splitting. */
    Map<String, String> values() {
        INIConfiguration ini = new INIConfiguration();
        ini.setListDelimiterHandler(DisabledListDelimiterHandler.INSTANCE);
        ini.setSeparatorUsedInInput("=");
        ini.setInterpolator(null);
        ini.setThrowExceptionOnMissing(true);
        try {
            ini.read(new StringReader(accepted.toString()));
        } catch (ConfigurationException | IOException e) {
            throw new IllegalStateException(source + " passed every check and cannot be read: " + e.getMessage(), e);
        }
        return places.keySet().stream().collect(Collectors.toMap(path -> path, path -> ini.getString(path)));
    }

    private void readLine(Place place, String line) {
        if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
            return;
        }
        if (line.startsWith("[")) {
            readSection(place, line);
            return;
        }
        Matcher entry = ENTRY.matcher(line);
        if (!entry.matches() || entry.group(1).isEmpty()) {
            fault(place, "", "'" + line + "' is neither [section] nor key = value nor a # comment");
        } else if (!sectionSeen) {
            fault(place, entry.group(1), "stands before the first section" + homeOf(entry.group(1)));
        } else if (!section.isEmpty()) {
            readEntry(place, entry.group(1), entry.group(2), line);
        }
    }

    private void readSection(Place place, String line) {
        sectionSeen = true;
        section = "";
        Matcher header = SECTION.matcher(line);
        if (!header.matches()) {
            fault(place, "", "'" + line + "' is not a section; write it like [host], with nothing behind it");
            return;
        }
        String name = header.group(1);
        Set<String> known = sectionNames();
        if (!known.contains(name)) {
            fault(
                    place,
                    "",
                    "there is no section [" + name + "]" + NearestWord.hint(name, known) + " (there are "
                            + String.join(", ", known) + ")");
            return;
        }
        Integer first = sections.putIfAbsent(name, place.line().orElseThrow());
        if (first != null) {
            fault(place, "", "section [" + name + "] stands twice, first in line " + first);
        }
        section = name;
        accepted.append(line).append('\n');
    }

    private void readEntry(Place place, String key, String value, String line) {
        String path = section + "." + key;
        Place first = places.get(path);
        if (SettingKey.of(path).isEmpty()) {
            Set<String> known = keyNames(section);
            String home = homeOf(key);
            fault(
                    place,
                    path,
                    "there is no such key" + (home.isEmpty() ? NearestWord.hint(key, known) : home) + " ([" + section
                            + "] has " + String.join(", ", known) + ")");
        } else if (first != null) {
            fault(place, path, "stands twice, first in line " + first.line().orElseThrow());
        } else if (hasOneReading(place, path, value)) {
            places.put(path, place);
            accepted.append(line).append('\n');
        }
    }

    private boolean hasOneReading(Place place, String path, String value) {
        String problem;
        if (value.isEmpty()) {
            problem = "has no value; leave the line out for the default";
        } else if (COMMENT_BEHIND.matcher(value).matches()) {
            problem = "has a comment behind its value; a comment has a line of its own";
        } else if (value.contains("\"") || value.contains("'")) {
            problem = "has quotes; values stand without them";
        } else if (value.contains("\\")) {
            problem = "has a backslash; there are no continued lines and no escapes";
        } else if (value.contains("${")) {
            problem = "has '${'; variables are not replaced here";
        } else {
            return true;
        }
        fault(place, path, problem);
        return false;
    }

    private void fault(Place place, String key, String problem) {
        faults.add(new Fault(place, key, problem));
    }

    private static Set<String> sectionNames() {
        return SettingKey.ALL.stream().map(SettingKey::section).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<String> keyNames(String section) {
        return SettingKey.ALL.stream()
                .filter(key -> key.section().equals(section))
                .map(SettingKey::key)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String homeOf(String name) {
        return SettingKey.ALL.stream()
                .filter(key -> key.key().equals(name))
                .findFirst()
                .map(key -> "; it belongs into [" + key.section() + "]")
                .orElse("");
    }
}
