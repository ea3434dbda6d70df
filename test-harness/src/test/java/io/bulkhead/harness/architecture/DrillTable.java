package io.bulkhead.harness.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The table of escape drills and the tests that try them. A drill's method begins with its numbers: {@code d05CannotX}, {@code
 * d07ToD09CannotX}, {@code d10D11AndD26CannotX}. Pure.
 */
final class DrillTable {
    /** Where it stands in the project. */
    static final String FILE = "partition-manager/SECURITY.md";

    private static final Pattern ROW = Pattern.compile("^\\| (D\\d\\d)( ✓)? \\|", Pattern.MULTILINE);
    private static final Pattern METHOD = Pattern.compile("\\bvoid (d\\d\\d\\w*)\\(");
    private static final Pattern NUMBER = Pattern.compile("\\G(To|And)?[dD](\\d\\d)");

    private final Set<String> rows = new TreeSet<>();
    private final Set<String> marked = new TreeSet<>();
    private final TreeMap<String, String> tested = new TreeMap<>();

    /** @param text of the document */
    DrillTable(String text) {
        Matcher row = ROW.matcher(text);
        while (row.find()) {
            rows.add(row.group(1));
            if (row.group(2) != null) {
                marked.add(row.group(1));
            }
        }
    }

    /** Takes the drills of a test's source. */
    void take(String file, String source) {
        Matcher method = METHOD.matcher(source);
        while (method.find()) {
            for (String id : ids(method.group(1))) {
                tested.put(id, file + ": " + method.group(1));
            }
        }
    }

    private static List<String> ids(String method) {
        List<String> ids = new ArrayList<>();
        Matcher number = NUMBER.matcher(method);
        int last = 0;
        while (number.find()) {
            int next = Integer.parseInt(number.group(2));
            for (int each = "To".equals(number.group(1)) ? last + 1 : next; each <= next; each++) {
                ids.add("D%02d".formatted(each));
            }
            last = next;
        }
        return ids;
    }

    /** Rows that say that they are tried and are not, and tests that no row says so of. */
    List<String> violations() {
        List<String> violations = new ArrayList<>();
        marked.stream()
                .filter(id -> !tested.containsKey(id))
                .forEach(id -> violations.add(FILE + ": " + id + " ✓: no test's name begins with it"));
        tested.forEach((id, test) -> {
            if (!marked.contains(id)) {
                violations.add(test + ": " + id + (rows.contains(id) ? " has no ✓ in " : " is not in ") + FILE);
            }
        });
        return violations;
    }
}
